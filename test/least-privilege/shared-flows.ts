import { ListRulesCommand, ListTargetsByRuleCommand, PutEventsCommand, type Rule } from '@aws-sdk/client-eventbridge'
import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { SendEmailCommand } from '@aws-sdk/client-sesv2'
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Flow, Visit } from './flow.ts'
import { queueUrl } from './queues.ts'

/** The smallest message size limit that a queue supports. */
const smallestMessageBytes = 1024

interface QueueRule {
  readonly rule: Rule
  readonly url: string
  readonly deadLetterUrl: string
}

/** The rules of both buses that send to a queue and have a dead-letter queue. */
async function rulesToQueues({ aws, output }: Visit): Promise<QueueRule[]> {
  const found: QueueRule[] = []
  for (const EventBusName of [output('EventBusName'), 'default']) {
    const { Rules = [] } = await aws.events.send(new ListRulesCommand({ EventBusName }))
    for (const rule of Rules) {
      const { Targets = [] } = await aws.events.send(new ListTargetsByRuleCommand({ EventBusName, Rule: rule.Name }))
      for (const { Arn, DeadLetterConfig } of Targets) {
        if (!Arn?.includes(':sqs:') || !DeadLetterConfig?.Arn) continue
        const [url, deadLetterUrl] = await Promise.all([
          queueUrl(aws.sqs, Arn),
          queueUrl(aws.sqs, DeadLetterConfig.Arn),
        ])
        found.push({ rule, url, deadLetterUrl })
      }
    }
  }
  return found
}

/** An event detail that a pattern matches: the first value of each list, or any where one must exist. */
function matching(pattern: unknown): unknown {
  if (Array.isArray(pattern)) return pattern[0]?.exists === true ? 'any' : pattern[0]
  return Object.fromEntries(Object.entries(pattern as object).map(([name, inner]) => [name, matching(inner)]))
}

/** Publishes an event that the rule matches and that exceeds the smallest message size limit of a queue. */
async function cause({ aws, output }: Visit, rule: Rule): Promise<void> {
  const padding = 'x'.repeat(smallestMessageBytes)
  const pattern = JSON.parse(rule.EventPattern!)
  if (pattern.source[0] === 'aws.s3') {
    // Only S3 publishes its events; a long key produces a large event.
    const object = { Bucket: output('UploadBucketName'), Key: `incoming/${padding.slice(0, 1000)}` }
    await aws.s3.send(new PutObjectCommand({ ...object, Body: 'large' }))
    await aws.s3.send(new DeleteObjectCommand(object))
    return
  }
  if (pattern.source[0] === 'aws.ses') {
    // As do the emails of SES; many recipients produce a large event.
    const ToAddresses = Array.from({ length: 20 }, (_, index) => `bounce+${index}@simulator.amazonses.com`)
    const text = { Data: 'large' }
    await aws.ses.send(
      new SendEmailCommand({
        FromEmailAddress: 'orders@example.com',
        ConfigurationSetName: pattern.detail.mail.tags['ses:configuration-set'][0],
        Destination: { ToAddresses },
        Content: { Simple: { Subject: text, Body: { Text: text } } },
      }),
    )
    return
  }
  const detail = { ...(pattern.detail ? (matching(pattern.detail) as object) : {}), padding }
  const entry = { EventBusName: rule.EventBusName, Source: pattern.source[0], DetailType: pattern['detail-type'][0] }
  const { FailedEntryCount } = await aws.events.send(
    new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] }),
  )
  assert.equal(FailedEntryCount, 0)
}

/** Makes all queues reject large messages while `work` runs; the rules of several may match one event. */
async function withSmallQueues(
  { sqs }: Visit['aws'],
  urls: readonly string[],
  work: () => Promise<void>,
): Promise<void> {
  const limit = 'MaximumMessageSize'
  const setLimit = (QueueUrl: string, bytes: string) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { [limit]: bytes } }))
  const before = new Map<string, string>()
  for (const QueueUrl of urls) {
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [limit] }))
    before.set(QueueUrl, Attributes![limit]!)
  }
  try {
    for (const url of urls) await setLimit(url, String(smallestMessageBytes))
    await work()
  } finally {
    for (const [url, bytes] of before) await setLimit(url, bytes)
  }
}

/** Waits for the rule's event in its dead-letter queue, and deletes the events of other rules. */
async function deadLettered(
  { aws: { sqs }, awaited }: Visit,
  { rule, deadLetterUrl: QueueUrl }: QueueRule,
): Promise<void> {
  await awaited(`the event of ${rule.Name} in its dead-letter queue`, async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['RULE_ARN'] }))
    const [message] = Messages ?? []
    if (!message) return false
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }))
    return message.MessageAttributes?.['RULE_ARN']?.StringValue === rule.Arn
  })
}

const deliveryFlow: Flow = {
  name: 'an event that its queue rejects is sent to the dead-letter queue',
  leavesWork: true,
  async run(visit) {
    const rules = await rulesToQueues(visit)
    assert.ok(rules.length > 0)
    const urls = [...new Set(rules.map(({ url }) => url))]
    for (const each of rules) {
      await withSmallQueues(visit.aws, urls, () => cause(visit, each.rule))
      await deadLettered(visit, each)
    }
  },
}

const publicFileFlow: Flow = {
  name: 'the distribution serves a public file of the media bucket',
  async run({ aws, output }) {
    const object = { Bucket: output('MediaBucketName'), Key: `public/media/${randomUUID()}` }
    await aws.s3.send(new PutObjectCommand({ ...object, Body: 'image' }))
    const { status } = await fetch(`${output('MediaUrl')}/${object.Key.slice('public/media/'.length)}`)
    await aws.s3.send(new DeleteObjectCommand(object))
    assert.equal(status, 200)
  },
}

const pageFlow: Flow = {
  name: 'the distribution serves a file of the web bucket',
  async run({ output }) {
    assert.equal((await fetch(output('WebUrl'))).status, 200)
  },
}

/** Flows for shared resources, so that no service needs a flow for them. Flows that may leave pending work come last. */
export const sharedFlows: readonly Flow[] = [publicFileFlow, pageFlow, deliveryFlow]
