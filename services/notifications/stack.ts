import { Duration, Validations } from 'aws-cdk-lib'
import { ComparisonOperator, MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import { EventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { ConfigurationSet, EmailSendingEvent, EventDestination } from 'aws-cdk-lib/aws-ses'
import type { Construct } from 'constructs'
import { addAlarm } from '#infra/constructs/alarm.ts'
import { EventConsumer } from '#infra/constructs/event-consumer.ts'
import type { ServiceFunction } from '#infra/constructs/service-function.ts'
import { graph } from '#infra/dashboard/graph.ts'
import { mailPollers } from '#infra/mail-rate.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { subscribedEvents } from './notices.ts'

export class NotificationsStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    const { mail } = props.stage
    const configurationSet = new ConfigurationSet(this, 'mails')
    const sendMail = this.consumerFunction(
      'send-mail',
      [
        { actions: ['PutItem', 'UpdateItem'], prefixes: ['NOTICE#'] },
        { actions: ['BatchGetItem'], prefixes: ['SUPPRESSED#'] },
      ],
      {
        environment: {
          MAIL_FROM: mail.from,
          MAIL_MODE: mail.mode,
          CONFIGURATION_SET: configurationSet.configurationSetName,
          ...(mail.staff === undefined ? {} : { STAFF_ADDRESS: mail.staff }),
        },
        // A batch is up to ten emails, sent sequentially in less than 0.1 s each. An email that is being sent when the time
        // is over may be sent twice, so the time is also enough for one slow response.
        timeout: Duration.seconds(15),
        events: subscribedEvents({
          installed: props.installed.map(({ name }) => name),
          hasStaff: mail.staff !== undefined,
        }),
        maxConcurrency: mailPollers(props.stage),
      },
    )
    if (sendMail) this.allowSending(sendMail, configurationSet)
    this.addRefusedAlarm()
    this.recordFeedback(configurationSet)
    this.resources.graphs.push(
      graph('Mails', [
        this.metric('MailsSent', { label: 'sent' }),
        this.metric('MailsRefused', { label: 'refused' }),
        this.metric('TextsSent', { label: 'text messages sent' }),
      ]),
    )
  }

  /** A refused email is settled and never sent: single ones have a bad address, many of them a common cause. */
  private addRefusedAlarm(): void {
    const share = new MathExpression({
      expression: 'IF(refused >= 3, refused / (refused + FILL(sent, 0)), 0)',
      usingMetrics: { refused: this.metric('MailsRefused'), sent: this.metric('MailsSent') },
      period: Duration.minutes(15),
      label: 'Share of refused emails',
    })
    addAlarm(this, 'refused-alarm', share, {
      name: 'notifications-mails-refused',
      problem: 'SES permanently refuses more than a tenth of the emails.',
      runbook: 'mails-refused',
      threshold: 0.1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    })
  }

  /**
   * From one sender, on any identity of the account. In the sandbox SES also asks for permission on the recipient's identity,
   * so a role that names the sender's alone is denied (Service Authorization Reference, Amazon SES: the resource of SendEmail
   * is `identity`, and `ses:FromAddress` "filters actions based on the From address of a message").
   */
  private allowSending(sendMail: ServiceFunction, { configurationSetName }: ConfigurationSet): void {
    const identities = this.formatArn({ service: 'ses', resource: 'identity', resourceName: '*' })
    const set = this.formatArn({ service: 'ses', resource: 'configuration-set', resourceName: configurationSetName })
    sendMail.addToRolePolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [identities, set],
        conditions: { StringEquals: { 'ses:FromAddress': this.stage.mail.from } },
      }),
    )
    // For a text message SNS asks for permission on the phone number, which is no ARN: only resources with one are excluded.
    const withArn = this.formatArn({ service: 'sns', region: '*', account: '*', resource: '*' })
    sendMail.addToRolePolicy(new PolicyStatement({ actions: ['sns:Publish'], notResources: [withArn] }))
    Validations.of(sendMail.role!).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]',
      reason: "In the sandbox SES asks for the recipient's identity too; the sender's address is a condition.",
    })
  }

  /**
   * Bounces and complaints reach the default bus, the only one that SES publishes to (SES API v2, EventBridgeDestination). The
   * rule selects the emails of this stage by the tag that SES adds to each of them.
   */
  private recordFeedback(configurationSet: ConfigurationSet): void {
    const bus = EventBus.fromEventBusArn(
      this,
      'default-bus',
      this.formatArn({ service: 'events', resource: 'event-bus', resourceName: 'default' }),
    )
    configurationSet.addEventDestination('feedback', {
      destination: EventDestination.eventBus(bus),
      events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
    })
    const recordFeedback = this.tableFunction('record-feedback', [{ actions: ['PutItem'], prefixes: ['SUPPRESSED#'] }])
    const tags = { 'ses:configuration-set': [configurationSet.configurationSetName] }
    new EventConsumer(this, {
      function: recordFeedback,
      bus: this.props.data.bus,
      awsEvents: {
        feedback: {
          source: ['aws.ses'],
          detailType: ['Email Bounced', 'Email Complaint Received'],
          detail: { mail: { tags } },
        },
      },
    })
  }
}
