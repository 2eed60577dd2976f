import { Duration, Validations } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { graph } from '#infra/dashboard/graph.ts'
import { mailPollers } from '#infra/mail-rate.ts'
import type { ServiceFunction } from '#infra/constructs/service-function.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { noticedEvents } from './notices.ts'

export class NotificationsStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    const { mail } = props.stage
    const sendMail = this.consumerFunction(
      'send-mail',
      [{ actions: ['PutItem', 'UpdateItem'], prefixes: ['NOTICE#'] }],
      {
        environment: { MAIL_FROM: mail.from, MAIL_MODE: mail.mode },
        // A batch is up to ten emails, sent sequentially, 0.1 s each.
        timeout: Duration.seconds(5),
        events: noticedEvents,
        maxConcurrency: mailPollers(props.stage),
      },
    )
    if (sendMail) this.allowSending(sendMail, mail.from)
    this.resources.graphs.push(
      graph('Mails', [
        this.metric('MailsSent', { label: 'sent' }),
        this.metric('MailsRefused', { label: 'refused for good' }),
      ]),
    )
  }

  /**
   * From one sender, on any identity of the account. In the sandbox SES also asks for permission on the recipient's identity,
   * so a role that names the sender's alone is denied (Service Authorization Reference, Amazon SES: the resource of SendEmail
   * is `identity`, and `ses:FromAddress` "filters actions based on the From address of a message").
   */
  private allowSending(sendMail: ServiceFunction, from: string): void {
    sendMail.addToRolePolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [this.formatArn({ service: 'ses', resource: 'identity', resourceName: '*' })],
        conditions: { StringEquals: { 'ses:FromAddress': from } },
      }),
    )
    Validations.of(sendMail.role!).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]',
      reason: "In the sandbox SES asks for the recipient's identity too; the sender's address is a condition.",
    })
  }
}
