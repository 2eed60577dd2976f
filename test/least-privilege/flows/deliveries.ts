import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { ListRulesCommand, ListTargetsByRuleCommand, PutEventsCommand, type Rule } from '@aws-sdk/client-eventbridge'
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Flow, Visit } from '../flow.ts'
import { queueUrl } from '../queues.ts'

/** No queue may be told to take less than this. */
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

/** The first of each list of values that a pattern names: an event that it matches. */
function matching(pattern: unknown): unknown {
  if (Array.isArray(pattern)) return pattern[0]
  return Object.fromEntries(Object.entries(pattern as object).map(([name, inner]) => [name, matching(inner)]))
}

/** Makes an event that the rule matches and that is larger than the smallest limit of a queue. */
async function cause({ aws, output }: Visit, rule: Rule): Promise<void> {
  const padding = 'x'.repeat(smallestMessageBytes)
  const pattern = JSON.parse(rule.EventPattern!)
  if (pattern.source[0] === 'aws.s3') {
    // Only S3 itself puts its events; a long key makes a long one.
    const object = { Bucket: output('UploadBucketName'), Key: `incoming/${padding.slice(0, 1000)}` }
    await aws.s3.send(new PutObjectCommand({ ...object, Body: 'large' }))
    await aws.s3.send(new DeleteObjectCommand(object))
    return
  }
  const detail = { ...(pattern.detail ? (matching(pattern.detail) as object) : {}), padding }
  const entry = { EventBusName: rule.EventBusName, Source: pattern.source[0], DetailType: pattern['detail-type'][0] }
  const { FailedEntryCount } = await aws.events.send(
    new PutEventsCommand({ Entries: [{ ...entry, Detail: JSON.stringify(detail) }] }),
  )
  assert.equal(FailedEntryCount, 0)
}

/** Lets no queue take anything large while `work` runs; an event may be matched by the rules of several. */
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

/** Waits for the rule's event in its dead-letter queue; what other rules put there is taken away as well. */
async function buried({ aws: { sqs }, awaited }: Visit, { rule, deadLetterUrl: QueueUrl }: QueueRule): Promise<void> {
  await awaited(`the event of ${rule.Name} in its dead-letter queue`, async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['RULE_ARN'] }))
    const [message] = Messages ?? []
    if (!message) return false
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }))
    return message.MessageAttributes?.['RULE_ARN']?.StringValue === rule.Arn
  })
}

/** The object that tells of an item, since others may be kept there, too. */
async function keyOfRecord({ s3 }: Visit['aws'], { Bucket, about }: { Bucket: string; about: string }) {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  for (const { Key } of Contents) {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    if ((await Body!.transformToString()).includes(about)) return Key
  }
  return undefined
}

export const deliveryFlows: readonly Flow[] = [
  {
    name: 'an event that its queue does not take is kept',
    lingers: true,
    async run(visit) {
      const rules = await rulesToQueues(visit)
      assert.ok(rules.length >= 5)
      const urls = [...new Set(rules.map(({ url }) => url))]
      for (const each of rules) {
        await withSmallQueues(visit.aws, urls, () => cause(visit, each.rule))
        await buried(visit, each)
      }
    },
  },
  {
    name: 'a record that cannot be published is kept',
    lingers: true,
    async run({ aws, output, awaited }) {
      const Bucket = output('UnpublishedBucketName')
      const PK = `NONSENSE#${randomUUID()}`
      const Item = { PK: { S: PK }, SK: { S: 'IT' }, events: { L: [{ S: 'no event' }] } }
      await aws.dynamodb.send(new PutItemCommand({ TableName: output('TableName'), Item }))
      const Key = await awaited('the record in the bucket', () => keyOfRecord(aws, { Bucket, about: PK }))
      await aws.s3.send(new DeleteObjectCommand({ Bucket, Key }))
    },
  },
]
