import type { Chaos } from '../chaos.ts'
import type { State } from '../state/state.ts'
import { AwsError, validationError } from '../wire/aws-error.ts'
import { requireParameters, type Operation } from '../wire/service.ts'
import type { Buses } from './buses.ts'
import { busArn, busNameOf, ruleArn, type Publication } from './event.ts'

/** The operations that read buses, rules and targets. */
export const readOperations = (buses: Buses): Record<string, Operation> => ({
  DescribeEventBus: {
    access: ({ Name = 'default' }) => [
      { action: 'events:DescribeEventBus', resource: busArn(busNameOf(String(Name))) },
    ],
    handle: ({ Name }: { Name?: string }) => {
      const { name } = buses.bus(Name)
      return { Name: name, Arn: busArn(name) }
    },
  },
  ListRules: {
    access: () => [{ action: 'events:ListRules', resource: '*' }],
    handle: (input: { EventBusName?: string }) => {
      requireParameters(input, ['EventBusName'])
      const Rules = [...buses.bus(input.EventBusName).rules.values()].map(
        ({ name, arn, busName, enabled, pattern }) => ({
          Name: name,
          Arn: arn,
          EventBusName: busName,
          State: enabled ? 'ENABLED' : 'DISABLED',
          EventPattern: pattern.text,
        }),
      )
      return { Rules }
    },
  },
  ListTargetsByRule: {
    access: ({ EventBusName = 'default', Rule }) => [
      { action: 'events:ListTargetsByRule', resource: ruleArn(busNameOf(String(EventBusName)), String(Rule)) },
    ],
    handle: (input: { EventBusName?: string; Rule: string }) => {
      requireParameters(input, ['EventBusName', 'Rule'])
      const rule = buses.bus(input.EventBusName).rules.get(input.Rule)
      if (!rule) throw new AwsError('ResourceNotFoundException', `Rule ${input.Rule} does not exist.`)
      return { Targets: rule.targets }
    },
  },
})

interface PutEventsEntry {
  readonly Source?: string
  readonly DetailType?: string
  readonly Detail?: string
  readonly EventBusName?: string
  readonly Resources?: string[]
  /** Seconds since the epoch. */
  readonly Time?: number
  readonly TraceHeader?: string
}

/** AWS raised the limit from 256 KB in 2026. */
const requestLimitBytes = 1_048_576

/** PutEvents: up to 10 entries, which fail individually. */
export const putEventsOperation = (state: State, publish: (event: Publication) => string, chaos: Chaos): Operation => ({
  access: (input: { Entries?: PutEventsEntry[] }) =>
    (input.Entries ?? []).map((entry) => ({
      action: 'events:PutEvents',
      resource: busArn(busNameOf(entry.EventBusName ?? 'default')),
      context: {
        ...(entry.Source !== undefined && { 'events:source': [entry.Source] }),
        ...(entry.DetailType !== undefined && { 'events:detail-type': [entry.DetailType] }),
      },
    })),
  handle: ({ Entries: entries = [] }: { Entries?: PutEventsEntry[] }) => {
    if (entries.length < 1 || entries.length > 10) {
      throw validationError(
        `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and 10, inclusive.`,
      )
    }
    if (entries.reduce((sum, entry) => sum + entryBytes(entry), 0) > requestLimitBytes) {
      throw validationError('Total size of the entries in the request is over the limit.')
    }
    const Entries = state.transaction(() => entries.map((entry) => put(publish, entry, chaos)))
    return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries }
  },
})

function put(publish: (event: Publication) => string, entry: PutEventsEntry, chaos: Chaos) {
  try {
    if (chaos.hits('failed entries of PutEvents')) throw internalFailure(chaos)
    return { EventId: publish(checkedEntry(entry)) }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { ErrorCode: error.name, ErrorMessage: error.message }
  }
}

/** Errors of an entry that a retry can fix (PutEventsResultEntry). */
const internalFailure = (chaos: Chaos) =>
  chaos.pick('failed entries of PutEvents', [
    new AwsError('ThrottlingException', 'Rate exceeded'),
    new AwsError('InternalFailure', 'The request processing has failed because of an unknown error.'),
  ])

function checkedEntry(entry: PutEventsEntry): Publication {
  const source = required('Source', entry.Source)
  const detailType = required('DetailType', entry.DetailType)
  const detail = parseDetail(required('Detail', entry.Detail))
  if (source.startsWith('aws.')) {
    throw new AwsError('NotAuthorizedForSourceException', 'Not authorized for the source.')
  }
  return {
    busName: busNameOf(entry.EventBusName ?? 'default'),
    source,
    detailType,
    detail,
    resources: entry.Resources,
    time: entry.Time === undefined ? undefined : new Date(entry.Time * 1000),
    traceHeader: validTrace(entry.TraceHeader),
  }
}

/** An invalid trace header is dropped, and the event is delivered without it. */
const validTrace = (header: string | undefined): string | undefined =>
  header !== undefined && /(?:^|;) *Root=1-[0-9a-f]{8}-[0-9a-f]{24}(?:;|$)/.test(header) ? header : undefined

function required(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw new AwsError('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`)
}

function parseDetail(text: string): object {
  try {
    const detail: unknown = JSON.parse(text)
    if (detail !== null && typeof detail === 'object' && !Array.isArray(detail)) return detail
  } catch {
    // Invalid JSON is rejected like JSON that is not an object.
  }
  throw new AwsError('MalformedDetail', 'Detail is malformed.')
}

/**
 * The size as AWS calculates it: 14 bytes for a time, plus the UTF-8 bytes of source, detail type, detail and
 * resources.
 */
function entryBytes(entry: PutEventsEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])]
  const bytes = texts.reduce((sum, value) => sum + Buffer.byteLength(String(value ?? '')), 0)
  return bytes + (entry.Time === undefined ? 0 : 14)
}
