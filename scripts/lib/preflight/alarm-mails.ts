import { paginateListSubscriptionsByTopic, type SNSClient } from '@aws-sdk/client-sns'
import { ask, type Known } from '../aws-errors.ts'
import { itemsIn } from '../pages.ts'
import type { DeployedResource } from './stacks.ts'
import { ok, unchecked, warning, type Verdict } from './verdict.ts'

/** The topic of the alarms, once it is deployed, and the state of the address there. */
type AlarmMails =
  | { readonly state: 'not deployed' }
  | { readonly state: 'confirmed' | 'pending' | 'absent'; readonly topicArn: string }

export async function readAlarmMails(
  client: SNSClient,
  resources: Known<readonly DeployedResource[]>,
  address: string,
): Promise<Known<AlarmMails>> {
  if (!resources.known) return resources
  const topicArn = resources.value.find(({ type }) => type === 'AWS::SNS::Topic')?.physicalId
  if (topicArn === undefined) return { known: true, value: { state: 'not deployed' } }
  return ask('sns:ListSubscriptionsByTopic', async () => ({
    topicArn,
    state: await stateOf(client, topicArn, address),
  }))
}

async function stateOf(client: SNSClient, TopicArn: string, address: string) {
  const pages = paginateListSubscriptionsByTopic({ client }, { TopicArn })
  const subscriptions = await itemsIn(pages, ({ Subscriptions }) => Subscriptions)
  const arns = subscriptions.filter(({ Endpoint }) => Endpoint === address).map((each) => each.SubscriptionArn)
  if (arns.some((arn) => arn?.startsWith('arn:'))) return 'confirmed'
  return arns.includes('PendingConfirmation') ? 'pending' : 'absent'
}

/**
 * Until its owner confirms it, an address receives nothing, and no alarm and no error reports that: "automatic deletion of
 * unconfirmed subscriptions once they have been in a pending confirmation state for 48 hours" (AWS What's New, 2023-05-10). No
 * deployment subscribes the address again, since nothing changes in its template.
 */
export function checkAlarmMails(mails: Known<AlarmMails>, address: string): Verdict {
  const check = 'alarm mails'
  if (!mails.known) return unchecked(check, mails)
  switch (mails.value.state) {
    case 'not deployed':
      return ok(check, `SNS will ask ${address} to confirm; the link is valid for 48 hours`)
    case 'confirmed':
      return ok(check, `${address} receives the alarms`)
    case 'pending':
      return warning(
        check,
        `${address} has not confirmed yet and receives no alarm`,
        'Follow the link in the email of SNS (AWS Notification - Subscription Confirmation).',
      )
    case 'absent':
      return warning(
        check,
        `${address} does not receive the alarms: it was not confirmed within 48 hours, or unsubscribed`,
        `aws sns subscribe --protocol email --notification-endpoint ${address} --topic-arn ${mails.value.topicArn}, then follow the link in the email.`,
      )
  }
}
