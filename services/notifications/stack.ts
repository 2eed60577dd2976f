import { Duration } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses'
import type { Construct } from 'constructs'
import { graph } from '#infra/dashboard/graph.ts'
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
      },
    )
    const identity = new EmailIdentity(this, 'sender', { identity: Identity.email(mail.from) })
    sendMail?.addToRolePolicy(
      new PolicyStatement({ actions: ['ses:SendEmail'], resources: [identity.emailIdentityArn] }),
    )
    this.resources.graphs.push(
      graph('Mails', [
        this.metric('MailsSent', { label: 'sent' }),
        this.metric('MailsRefused', { label: 'refused for good' }),
      ]),
    )
  }
}
