import type { Chaos } from '../chaos.ts'
import { isObject, parsedJson } from '../json.ts'
import type { State } from '../state/state.ts'
import { AwsError, validationError } from '../wire/aws-error.ts'
import type { Operation } from '../wire/service.ts'
import { busArn, busNameOf, type Publication } from './event.ts'

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
    if (entries.length < 1 || entries.length > 10) throw validationError("'entries' must have 1 to 10 members.")
    if (entries.reduce((sum, entry) => sum + entryBytes(entry), 0) > requestLimitBytes)
      throw validationError('Total size of the entries in the request is over the limit.')
    const Entries = state.transaction(() => entries.map((entry) => put(publish, entry, chaos)))
    return { FailedEntryCount: Entries.filter((entry) => 'ErrorCode' in entry).length, Entries }
  },
})

function put(publish: (event: Publication) => string, entry: PutEventsEntry, chaos: Chaos) {
  try {
    if (chaos.hits('failed entries of PutEvents')) {
      // Errors of an entry that a retry can fix (PutEventsResultEntry).
      throw chaos.pick('failed entries of PutEvents', [
        new AwsError('ThrottlingException', 'Rate exceeded'),
        new AwsError('InternalFailure', 'The request processing has failed because of an unknown error.'),
      ])
    }
    return { EventId: publish(checkedEntry(entry)) }
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return { ErrorCode: error.name, ErrorMessage: error.message }
  }
}

function checkedEntry(entry: PutEventsEntry): Publication {
  const source = required('Source', entry.Source)
  const detailType = required('DetailType', entry.DetailType)
  const detail = parseDetail(required('Detail', entry.Detail))
  if (source.startsWith('aws.')) throw new AwsError('NotAuthorizedForSourceException', 'Not authorized for the source.')
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
  const detail = parsedJson(text)
  if (isObject(detail)) return detail
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
