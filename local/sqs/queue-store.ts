import { accountId, arn, type ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { AccessControl, PolicyDocument } from '../iam/types.ts'
import { isObject, parsedJson } from '../json.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { invalidParameter, longestVisibilityTimeoutSeconds, missingParameter } from './message.ts'

/** A queue's attributes that can be set, in the API's format: every value is a string. */
export type QueueAttributes = Record<string, string>

interface RedrivePolicy {
  readonly deadLetterTargetArn: string
  readonly maxReceiveCount: number
}

/** A queue with its attributes parsed. */
export interface Queue {
  readonly name: string
  readonly arn: string
  readonly attributes: QueueAttributes
  readonly createdMs: number
  readonly modifiedMs: number
  readonly visibilityTimeoutSeconds: number
  readonly retentionMs: number
  readonly delaySeconds: number
  readonly receiveWaitSeconds: number
  readonly maxMessageBytes: number
  readonly redrive: RedrivePolicy | undefined
  readonly policy: PolicyDocument
}

interface QueueRow {
  name: string
  attributes: string
  created_ms: number
  modified_ms: number
}

const schema = `CREATE TABLE IF NOT EXISTS sqs_queue (
  name TEXT PRIMARY KEY, attributes TEXT NOT NULL, created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL)`

/** AWS raised the limit from 256 KiB in 2025. */
export const largestMessageBytes = 1_048_576

/** Minimum, maximum and default. */
const numbers: Readonly<Record<string, readonly [number, number, number]>> = {
  VisibilityTimeout: [0, longestVisibilityTimeoutSeconds, 30],
  MessageRetentionPeriod: [60, 1_209_600, 345_600],
  DelaySeconds: [0, 900, 0],
  ReceiveMessageWaitTimeSeconds: [0, 20, 0],
  MaximumMessageSize: [1024, largestMessageBytes, largestMessageBytes],
}

const defaults = Object.fromEntries(Object.entries(numbers).map(([name, [, , value]]) => [name, String(value)]))

export const queueArn = (name: string) => arn('sqs', name)

/** The queues and their attributes: in the state file, and all of them in memory. */
export class QueueStore {
  readonly #options: { readonly state: State; readonly clock: Clock; readonly access: AccessControl }
  readonly #queues = new Map<string, Queue>()

  constructor(options: { state: State; clock: Clock; access: AccessControl }) {
    this.#options = options
    options.state.define(schema)
    for (const row of options.state.all<QueueRow>('SELECT * FROM sqs_queue')) this.#keep(toQueue(row))
  }

  /**
   * Creates the queue, or updates the existing one to these attributes and the defaults of AWS; its messages are unchanged.
   * @throws AwsError for a name, or an attribute, that is invalid or not emulated
   */
  put(name: string, attributes: QueueAttributes): Queue {
    if (!/^[\w-]{1,80}$/.test(name))
      throw invalidParameter(name, 'QueueName', 'Up to 80 letters, digits, - and _. FIFO queues are not emulated.')
    return this.#save(name, defaults, attributes)
  }

  /** Changes some attributes; an empty policy removes it. */
  change({ name, attributes }: Queue, changes: QueueAttributes): void {
    this.#save(name, attributes, changes)
  }

  /** @throws AwsError QueueDoesNotExist */
  get(name: string | undefined): Queue {
    const queue = this.#queues.get(name ?? '')
    if (queue) return queue
    throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.')
  }

  /** @throws AwsError QueueDoesNotExist */
  byArn(target: string): Queue {
    const name = target.slice(target.lastIndexOf(':') + 1)
    return this.get(target === queueArn(name) ? name : undefined)
  }

  /** @param url `<any endpoint>/<account>/<name>`: the endpoint's port may change on a restart */
  byUrl(url: unknown): Queue {
    if (typeof url !== 'string' || url === '') throw missingParameter('QueueUrl')
    const [account, name] = url.split('/').slice(-2)
    return this.get(account === accountId ? name : undefined)
  }

  /** Sorted by name. */
  list(prefix = ''): Queue[] {
    const found = [...this.#queues.values()].filter(({ name }) => name.startsWith(prefix))
    return found.toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The queues whose dead-letter queue is this one. */
  sourcesOf(deadLetterArn: string): Queue[] {
    return this.list().filter((queue) => queue.redrive?.deadLetterTargetArn === deadLetterArn)
  }

  #save(name: string, current: QueueAttributes, changes: QueueAttributes): Queue {
    const attributes = { ...current }
    for (const [attribute, value] of Object.entries(changes)) {
      checkAttribute(attribute, value)
      if (value === '') delete attributes[attribute]
      else attributes[attribute] = value
    }
    const nowMs = this.#options.clock.now()
    const row = { name, attributes: JSON.stringify(attributes), created_ms: nowMs, modified_ms: nowMs }
    const { redrive } = toQueue(row)
    if (redrive) this.byArn(redrive.deadLetterTargetArn)
    const saved = this.#options.state.get<QueueRow>(
      `INSERT INTO sqs_queue VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET attributes = excluded.attributes, modified_ms = excluded.modified_ms RETURNING *`,
      ...Object.values(row),
    )
    return this.#keep(toQueue(saved!))
  }

  #keep(queue: Queue): Queue {
    this.#queues.set(queue.name, queue)
    this.#options.access.putResourcePolicy(queue.arn, 'Policy', queue.policy)
    return queue
  }
}

/** @throws AwsError for an attribute that is invalid or not emulated; redrive policies are checked when they are parsed */
function checkAttribute(name: string, value: string): void {
  if (name === 'Policy' && value !== '') return checkPolicy(value)
  if (name === 'Policy' || name === 'RedrivePolicy') return
  if (!Object.hasOwn(numbers, name))
    throw new AwsError('InvalidAttributeName', `The attribute ${name} is unknown or not emulated.`)
  const [min, max] = numbers[name]!
  if (!/^\d+$/.test(value) || Number(value) < min || Number(value) > max) throw invalidValue(name)
}

/** Source: "Amazon SQS policy quotas". A statement counts as one condition if it has any. */
function checkPolicy(text: string): void {
  const { Statement } = parseObject('Policy', text)
  const statements = [Statement ?? []].flat() as { Condition?: object }[]
  const conditions = statements.filter(({ Condition }) => Condition !== undefined).length
  if (Buffer.byteLength(text) > 8192 || statements.length > 20 || conditions > 10) {
    const quotas = 'A policy has at most 8192 bytes, 20 statements and 10 conditions.'
    throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter Policy. ${quotas}`)
  }
}

function toQueue({ name, attributes: json, created_ms: createdMs, modified_ms: modifiedMs }: QueueRow): Queue {
  const attributes = JSON.parse(json) as QueueAttributes
  const { Policy, RedrivePolicy: redrive } = attributes
  return {
    name,
    arn: queueArn(name),
    attributes,
    createdMs,
    modifiedMs,
    visibilityTimeoutSeconds: Number(attributes['VisibilityTimeout']),
    retentionMs: Number(attributes['MessageRetentionPeriod']) * 1000,
    delaySeconds: Number(attributes['DelaySeconds']),
    receiveWaitSeconds: Number(attributes['ReceiveMessageWaitTimeSeconds']),
    maxMessageBytes: Number(attributes['MaximumMessageSize']),
    redrive: redrive === undefined ? undefined : parseRedrivePolicy(redrive),
    policy:
      Policy === undefined
        ? { Version: '2012-10-17', Statement: [] }
        : (parseObject('Policy', Policy) as PolicyDocument),
  }
}

/** @param text `{"deadLetterTargetArn": "arn:…", "maxReceiveCount": 5}`; the number may be a string */
function parseRedrivePolicy(text: string): RedrivePolicy {
  const { deadLetterTargetArn, maxReceiveCount } = parseObject('RedrivePolicy', text)
  const count = Number(maxReceiveCount)
  if (typeof deadLetterTargetArn === 'string' && Number.isInteger(count) && count >= 1 && count <= 1000)
    return { deadLetterTargetArn, maxReceiveCount: count }
  const rule = 'It needs a deadLetterTargetArn and a maxReceiveCount from 1 to 1000.'
  throw invalidParameter(text, 'RedrivePolicy', rule)
}

function parseObject(name: string, text: string): Record<string, any> {
  const value = parsedJson(text)
  if (isObject(value)) return value
  throw invalidValue(name)
}

const invalidValue = (name: string) => new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`)

export const queueProviders = (queues: QueueStore, urlOf: (queueName: string) => string): ResourceProvider[] => [
  {
    type: 'AWS::SQS::Queue',
    supported: ['QueueName', 'RedrivePolicy', ...Object.keys(numbers)],
    ignored: {
      SqsManagedSseEnabled: 'messages are stored in a file on this machine, not encrypted by the queue',
    },
    create: ({ properties, generatedName, logicalId }) => {
      if (String(properties['FifoQueue']) === 'true')
        throw new Error(`${logicalId} is a FIFO queue, which is not emulated: use a standard queue.`)
      const attributes = Object.entries(properties)
        .filter(([name]) => name === 'RedrivePolicy' || Object.hasOwn(numbers, name))
        .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)])
      const { arn: Arn, name } = queues.put(
        String(properties['QueueName'] ?? generatedName),
        Object.fromEntries(attributes),
      )
      return { ref: urlOf(name), attributes: { Arn, QueueName: name, QueueUrl: urlOf(name) } }
    },
  },
  {
    type: 'AWS::SQS::QueuePolicy',
    supported: ['Queues', 'PolicyDocument'],
    create: ({ properties, generatedName }) => {
      const Policy = JSON.stringify(properties['PolicyDocument'])
      for (const queueUrl of properties['Queues'] as string[]) queues.change(queues.byUrl(queueUrl), { Policy })
      return { ref: generatedName, attributes: { Id: generatedName } }
    },
  },
]
