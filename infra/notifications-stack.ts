import { Duration } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses'
import type { Construct } from 'constructs'
import { OrderRejected, OrderReserved } from '#services/orders/events.ts'
import { UserRegistered } from '#services/users/events.ts'
import { EventConsumer } from './constructs/event-consumer.ts'
import { ServiceStack, type ServiceStackProps } from './service-stack.ts'

export class NotificationsStack extends ServiceStack {
  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, 'notifications', props)
    const { mail } = props.stage
    const sendMail = this.tableFunction(
      'send-mail',
      [{ actions: ['PutItem', 'UpdateItem'], prefixes: ['NOTICE#'] }],
      // A batch is up to ten mails, one after the other, at a tenth of a second each.
      { environment: { MAIL_FROM: mail.from, MAIL_MODE: mail.mode }, timeout: Duration.seconds(5) },
    )
    const identity = new EmailIdentity(this, 'sender', { identity: Identity.email(mail.from) })
    sendMail.addToRolePolicy(
      new PolicyStatement({ actions: ['ses:SendEmail'], resources: [identity.emailIdentityArn] }),
    )
    new EventConsumer(this, {
      ...props,
      function: sendMail,
      events: [OrderReserved, OrderRejected, UserRegistered],
    })
  }
}
