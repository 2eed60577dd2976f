import { accountId, arn, type ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { AccessControl, PolicyDocument } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import {
  changedAttributes,
  defaultAttributes,
  missingParameter,
  numericAttributes,
  parseRedrivePolicy,
} from './queue-attributes.ts'
import type { QueueAttributes, RedrivePolicy } from './queue-attributes.ts'

/** A queue with its settings parsed. */
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
}

interface QueueRow {
  name: string
  attributes: string
  created_ms: number
  modified_ms: number
}

const schema = `CREATE TABLE IF NOT EXISTS sqs_queue (
  name TEXT PRIMARY KEY, attributes TEXT NOT NULL, created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL)`

const allowNothing: PolicyDocument = { Version: '2012-10-17', Statement: [] }

export const queueArn = (name: string) => arn('sqs', name)

/** The queues and their attributes: in the state file, and all of them in memory. */
export class QueueStore {
  readonly #state: State
  readonly #clock: Clock
  readonly #access: AccessControl
  readonly #queues: Map<string, Queue>

  constructor(options: { state: State; clock: Clock; access: AccessControl }) {
    this.#state = options.state
    this.#clock = options.clock
    this.#access = options.access
    this.#state.define(schema)
    const rows = this.#state.all<QueueRow>('SELECT * FROM sqs_queue')
    this.#queues = new Map(rows.map((row) => [row.name, toQueue(row)]))
    for (const queue of this.#queues.values()) this.#publishPolicy(queue)
  }

  /**
   * Creates the queue or replaces its attributes with these and the defaults; its messages are unchanged.
   * @throws AwsError for an attribute that is invalid or not emulated
   */
  put(name: string, attributes: QueueAttributes): Queue {
    checkName(name)
    return this.#save(name, changedAttributes(defaultAttributes, attributes))
  }

  change(name: string, attributes: QueueAttributes): Queue {
    return this.#save(name, changedAttributes(this.get(name).attributes, attributes))
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
    const names = [...this.#queues.keys()].filter((name) => name.startsWith(prefix)).toSorted()
    return names.map((name) => this.get(name))
  }

  /** The queues whose dead-letter queue is this one. */
  sourcesOf(deadLetterArn: string): Queue[] {
    return this.list().filter((queue) => queue.redrive?.deadLetterTargetArn === deadLetterArn)
  }

  #save(name: string, attributes: QueueAttributes): Queue {
    const redrive = attributes['RedrivePolicy']
    if (redrive !== undefined) this.byArn(parseRedrivePolicy(redrive).deadLetterTargetArn)
    const nowMs = this.#clock.now()
    const row = this.#state.get<QueueRow>(
      `INSERT INTO sqs_queue VALUES (?, ?, ?, ?)
       ON CONFLICT (name) DO UPDATE SET attributes = excluded.attributes, modified_ms = excluded.modified_ms RETURNING *`,
      name,
      JSON.stringify(attributes),
      nowMs,
      nowMs,
    )
    const queue = toQueue(row!)
    this.#queues.set(name, queue)
    this.#publishPolicy(queue)
    return queue
  }

  #publishPolicy(queue: Queue): void {
    const policy = queue.attributes['Policy']
    this.#access.putResourcePolicy(queue.arn, 'Policy', policy === undefined ? allowNothing : JSON.parse(policy))
  }
}

function toQueue(row: QueueRow): Queue {
  const attributes = JSON.parse(row.attributes) as QueueAttributes
  const redrive = attributes['RedrivePolicy']
  return {
    name: row.name,
    arn: queueArn(row.name),
    attributes,
    createdMs: row.created_ms,
    modifiedMs: row.modified_ms,
    visibilityTimeoutSeconds: Number(attributes['VisibilityTimeout']),
    retentionMs: Number(attributes['MessageRetentionPeriod']) * 1000,
    delaySeconds: Number(attributes['DelaySeconds']),
    receiveWaitSeconds: Number(attributes['ReceiveMessageWaitTimeSeconds']),
    maxMessageBytes: Number(attributes['MaximumMessageSize']),
    redrive: redrive === undefined ? undefined : parseRedrivePolicy(redrive),
  }
}

function checkName(name: string): void {
  if (/^[\w-]{1,80}$/.test(name)) return
  throw new AwsError(
    'InvalidParameterValue',
    `${name}: a queue name has 1 to 80 alphanumeric characters, hyphens and underscores. FIFO queues are not emulated.`,
  )
}

export const queueProviders = (queues: QueueStore, urlOf: (queueName: string) => string): ResourceProvider[] => [
  {
    type: 'AWS::SQS::Queue',
    supported: ['QueueName', 'RedrivePolicy', ...numericAttributes],
    ignored: {
      SqsManagedSseEnabled: 'messages are stored in a file on this machine, not encrypted by the queue',
      Tags: 'tags are not used locally',
    },
    create: ({ properties, generatedName, logicalId }) => {
      if (String(properties['FifoQueue']) === 'true')
        throw new Error(`${logicalId} is a FIFO queue, which is not emulated: use a standard queue.`)
      const attributes = Object.entries(properties).flatMap(([name, value]) => {
        if (name === 'RedrivePolicy') return [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
        return numericAttributes.includes(name) ? [[name, String(value)]] : []
      })
      const name = String(properties['QueueName'] ?? generatedName)
      const queue = queues.put(name, Object.fromEntries(attributes))
      return { ref: urlOf(name), attributes: { Arn: queue.arn, QueueName: name, QueueUrl: urlOf(name) } }
    },
  },
  {
    type: 'AWS::SQS::QueuePolicy',
    supported: ['Queues', 'PolicyDocument'],
    create: ({ properties, generatedName }) => {
      const Policy = JSON.stringify(properties['PolicyDocument'])
      for (const queueUrl of properties['Queues'] as string[]) queues.change(queues.byUrl(queueUrl).name, { Policy })
      return { ref: generatedName, attributes: { Id: generatedName } }
    },
  },
]
