import { CfnOutput, RemovalPolicy, Stack, Tags } from 'aws-cdk-lib'
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses'
import type { Construct } from 'constructs'
import { applicationId } from '#shared/application.ts'

/**
 * An email identity of SES. It belongs to an account and a region, not to a stage: two stages that send from one domain
 * cannot both create it, and it must be verified before the user pool that sends through it is created.
 */
export class MailIdentityStack extends Stack {
  constructor(scope: Construct, identity: string) {
    super(scope, `${applicationId}-mail-${identity.replaceAll(/[^A-Za-z0-9]+/g, '-')}`, {
      description: `Lets the stages of this account send email from ${identity}.`,
    })
    Tags.of(this).add('application', applicationId)
    const isDomain = !identity.includes('@')
    const sender = new EmailIdentity(this, 'identity', {
      identity: isDomain ? Identity.domain(identity) : Identity.email(identity),
    })
    // Stages that still send from it would fail.
    sender.applyRemovalPolicy(RemovalPolicy.RETAIN)
    if (!isDomain) return
    for (const [index, { name, value }] of sender.dkimRecords.entries()) {
      new CfnOutput(this, `DnsRecord${index + 1}`, {
        value: `${name} CNAME ${value}`,
        description: 'For the DNS of the domain, which verifies it',
      })
    }
  }
}
