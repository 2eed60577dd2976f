import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, sep } from 'node:path'
import * as z from 'zod'
import type { EventDefinition } from '#shared/events/envelope.ts'
import { incompatibilities, type Schema } from './incompatibilities.ts'

const root = join(import.meta.dirname, '../../..')

/** A version of an event, stored in `services/<service>/events/<type>.<version>.json` without the service. */
export interface EventRecord {
  readonly service: string
  readonly type: string
  readonly version: number
  readonly source: string
  readonly data: Schema
}

/** Every event that a service's events.ts defines, with the name of the service. */
export async function eventDefinitions(): Promise<{ service: string; definition: EventDefinition }[]> {
  const files = globSync('services/*/events.ts', { cwd: root }).toSorted()
  const events = files.map(async (file) => {
    const module: Record<string, unknown> = await import(join(root, file))
    return Object.values(module)
      .filter(isDefinition)
      .map((definition) => ({ service: serviceOf(file), definition }))
  })
  return (await Promise.all(events)).flat()
}

export const definedEvents = async (): Promise<EventRecord[]> =>
  (await eventDefinitions()).map(({ service, definition }) => toRecord(service, definition))

/** The folder below `services/` that a file lies in. */
const serviceOf = (file: string) => file.split(sep)[1]!

const isDefinition = (value: unknown): value is EventDefinition =>
  typeof value === 'object' && value !== null && 'type' in value && 'version' in value && 'data' in value

const toRecord = (service: string, { type, version, source, data }: EventDefinition): EventRecord => ({
  service,
  type,
  version,
  source,
  // The input schema: what may be published, before unknown members are removed.
  data: z.toJSONSchema(data, { io: 'input' }),
})

/** The recorded events, in the order of their types and versions. */
export const recordedEvents = (): EventRecord[] =>
  globSync('services/*/events/*.json', { cwd: root })
    .map((file) => ({ service: serviceOf(file), ...JSON.parse(readFileSync(join(root, file), 'utf8')) }))
    .toSorted((a, b) => a.type.localeCompare(b.type) || a.version - b.version)

export const recordFile = ({ service, type, version }: Pick<EventRecord, 'service' | 'type' | 'version'>): string =>
  `services/${service}/events/${type}.${version}.json`

export function saveRecord(record: EventRecord): void {
  const file = join(root, recordFile(record))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, textOf(record))
}

export const textOf = ({ type, version, source, data }: EventRecord): string =>
  `${JSON.stringify({ type, version, source, data }, undefined, 2)}\n`

/**
 * Incompatibilities between the defined and the recorded events: a sentence for each that names the event and the fix.
 */
export const recordProblems = (defined: readonly EventRecord[], recorded: readonly EventRecord[]): string[] => [
  ...definitionProblems(defined, recorded),
  ...recorded.flatMap((record) => orphanProblem(record, defined)),
]

/** A published event is in the archive, so its version is never reused for another schema. */
function orphanProblem(record: EventRecord, defined: readonly EventRecord[]): string[] {
  const { type, version } = record
  const versions = defined.filter((event) => event.type === type).map((event) => event.version)
  const file = recordFile(record)
  if (versions.length === 0) {
    return [
      `${type}: ${file} records it, but no events.ts defines it. Define it again, or delete that file once the archive contains no such event.`,
    ]
  }
  const newest = Math.max(...versions)
  if (version <= newest) return []
  return [
    `${type}: ${file} records version ${version}, but events.ts defines no version above ${newest}. Increase it to ${version}, or delete that file if it was never published.`,
  ]
}

function definitionProblems(defined: readonly EventRecord[], recorded: readonly EventRecord[]): string[] {
  return defined.flatMap((event) => {
    const { service, type, version } = event
    const before = recorded.find((candidate) => candidate.type === type && candidate.version === version)
    const older = Array.from({ length: version - 1 }, (_, index) => index + 1)
    const lost = older.filter((number) => !recorded.some((one) => one.type === type && one.version === number))
    const changes = before ? changesOf(before, event) : []
    return [
      ...lost.map(
        (number) =>
          `${type}: ${recordFile({ service, type, version: number })} is missing, but the archive contains such events.`,
      ),
      ...changes.map(
        (change) =>
          `${type} ${version}: ${change} Increase its version to ${version + 1} in events.ts, or delete ${recordFile(event)} if it was never published.`,
      ),
    ]
  })
}

const changesOf = (before: EventRecord, now: EventRecord): string[] => [
  ...(before.source === now.source ? [] : [`its source was ${before.source} and is ${now.source}.`]),
  ...incompatibilities(before.data, now.data),
]

/** The defined events whose recorded schema is missing or different. */
export const unrecorded = (defined: readonly EventRecord[], recorded: readonly EventRecord[]): EventRecord[] =>
  defined.filter((event) => !recorded.some((record) => textOf(record) === textOf(event)))

/** The page that lists the recorded events. */
export function eventsPage(recorded: readonly EventRecord[]): string {
  const rows = recorded.map((record) => {
    const fields = [...new Set(fieldsOf(record.data))].map((field) => `\`${field}\``).join(', ')
    return `| [${record.type} ${record.version}](../${recordFile(record)}) | ${record.source} | ${fields} |`
  })
  return `# Events

The events that services publish, by type and version, with the fields of their \`data\` (\`?\`: optional).
\`npm run events:record\` generates this page and the schemas from each service's \`events.ts\`. A version may only gain
optional fields: [changing stored data](../CONTRIBUTING.md#changing-stored-data).

| Event | Source | Data |
| --- | --- | --- |
${rows.join('\n')}
`
}

const fieldsOf = ({ properties = {}, required = [], allOf = [], anyOf = [], oneOf = [] }: Schema): string[] => [
  ...Object.keys(properties).map((name) => (required.includes(name) ? name : `${name}?`)),
  ...[...allOf, ...anyOf, ...oneOf].flatMap(fieldsOf),
]

export const eventsPageFile = join(root, 'docs/events.md')

export const writeEventsPage = (): void => writeFileSync(eventsPageFile, eventsPage(recordedEvents()))
