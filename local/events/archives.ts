import { propertyReader } from '../assembly/property-reader.ts'
import { arn, type ResourceProvider } from '../assembly/provider.ts'
import { dayMs, type Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError, validationError } from '../wire/aws-error.ts'
import { requireParameters, type Operation } from '../wire/service.ts'
import type { Buses } from './buses.ts'
import { busArn, busNameOf, type BusEvent } from './event.ts'
import { compilePattern, type Matcher } from './pattern.ts'

const schema = `
CREATE TABLE IF NOT EXISTS events_archived (
  id INTEGER PRIMARY KEY, archive TEXT NOT NULL, time_ms INTEGER NOT NULL, event TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_archived_time ON events_archived (archive, time_ms, id);
CREATE TABLE IF NOT EXISTS events_replay (name TEXT PRIMARY KEY, description TEXT NOT NULL)`

interface Archive {
  readonly name: string
  readonly busName: string
  /** 0 stores events indefinitely. */
  readonly retentionDays: number
  readonly matches: Matcher
}

interface ArchivesOptions {
  readonly state: State
  readonly clock: Clock
  readonly buses: Buses
  /** Delivers an event through the rules with these ARNs, or through all rules. */
  readonly replay: (busName: string, event: BusEvent, ruleArns: readonly string[] | undefined) => void
}

interface StartInput {
  readonly ReplayName: string
  readonly EventSourceArn: string
  /** Seconds since the epoch, like all times of this API. */
  readonly EventStartTime: number
  readonly EventEndTime: number
  readonly Destination: { readonly Arn: string; readonly FilterArns?: string[] }
}

/** Stores the events of buses that have archives, and replays them. */
export class Archives {
  readonly operations: Readonly<Record<string, Operation>>
  readonly provider: ResourceProvider
  readonly #options: ArchivesOptions
  readonly #archives = new Map<string, Archive>()

  constructor(options: ArchivesOptions) {
    this.#options = options
    options.state.define(schema)
    this.operations = {
      ListArchives: {
        access: () => [{ action: 'events:ListArchives', resource: '*' }],
        handle: (input) => {
          requireParameters(input, ['EventSourceArn'])
          return { Archives: this.#list(input.EventSourceArn) }
        },
      },
      StartReplay: {
        access: ({ ReplayName }) => [{ action: 'events:StartReplay', resource: replayArn(ReplayName) }],
        handle: (input: StartInput) => options.state.transaction(() => this.#replay(input)),
      },
      DescribeReplay: {
        access: ({ ReplayName }) => [{ action: 'events:DescribeReplay', resource: replayArn(ReplayName) }],
        handle: ({ ReplayName }) => {
          const described = this.#described(String(ReplayName))
          if (!described) throw notFound(`Replay ${ReplayName}`)
          return JSON.parse(described)
        },
      },
    }
    this.provider = {
      type: 'AWS::Events::Archive',
      supported: ['ArchiveName', 'SourceArn', 'EventPattern', 'RetentionDays'],
      create: ({ properties, generatedName, logicalId }) => {
        const { SourceArn, EventPattern, RetentionDays = 0 } = properties
        const name = propertyReader(properties, logicalId).name('ArchiveName', generatedName, 48)
        const busName = options.buses.bus(SourceArn).name
        const matches = EventPattern === undefined ? () => true : compilePattern(EventPattern)
        this.#archives.set(name, { name, busName, retentionDays: Number(RetentionDays), matches })
        return { ref: name, attributes: { Arn: archiveArn(name), ArchiveName: name } }
      },
    }
  }

  /** Stores an event in the archives of its bus, except a replayed event, which is already archived. */
  store(busName: string, event: BusEvent): void {
    if (event['replay-name'] !== undefined) return
    for (const archive of this.#archives.values()) {
      if (archive.busName !== busName || !archive.matches(event)) continue
      const insert = 'INSERT INTO events_archived (archive, time_ms, event) VALUES (?, ?, ?)'
      this.#options.state.run(insert, archive.name, Date.parse(event.time), JSON.stringify(event))
    }
  }

  #list(sourceArn: string | undefined): object[] {
    this.sweep()
    const sums = `SELECT COUNT(*) AS EventCount, COALESCE(SUM(LENGTH(event)), 0) AS SizeBytes FROM events_archived
      WHERE archive = ?`
    return [...this.#archives.values()]
      .map(({ name, busName, retentionDays }) => ({
        ArchiveName: name,
        EventSourceArn: busArn(busName),
        State: 'ENABLED',
        RetentionDays: retentionDays,
        ...this.#options.state.get(sums, name),
      }))
      .filter(({ EventSourceArn }) => sourceArn === undefined || sourceArn === EventSourceArn)
  }

  /** Here a replay is complete when StartReplay returns. */
  #replay(input: StartInput) {
    const { state, clock, buses, replay } = this.#options
    const { ReplayName: name, EventSourceArn, EventStartTime, EventEndTime, Destination } = input
    if (this.#described(name) !== undefined)
      throw new AwsError('ResourceAlreadyExistsException', `Replay ${name} already exists.`)
    const archive = [...this.#archives.values()].find((each) => archiveArn(each.name) === EventSourceArn)
    if (!archive) throw notFound(`Archive ${EventSourceArn}`)
    if (busNameOf(Destination.Arn) !== archive.busName)
      throw validationError('Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.')
    if (!(EventStartTime < EventEndTime))
      throw validationError('Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.')
    const filter = Destination.FilterArns?.length ? Destination.FilterArns : undefined
    const rules = [...buses.bus(archive.busName).rules.values()]
    const unknown = filter?.find((ruleArn) => !rules.some(({ arn: known }) => known === ruleArn))
    if (unknown !== undefined) throw notFound(`Rule ${unknown}`)
    this.sweep()
    const rows = state.all<{ event: string }>(
      'SELECT event FROM events_archived WHERE archive = ? AND time_ms >= ? AND time_ms < ? ORDER BY time_ms, id',
      archive.name,
      EventStartTime * 1000,
      EventEndTime * 1000,
    )
    for (const { event } of rows) replay(archive.busName, { ...JSON.parse(event), 'replay-name': name }, filter)
    const nowSeconds = clock.now() / 1000
    const description = {
      ...input,
      ReplayArn: replayArn(name),
      State: 'COMPLETED',
      ReplayStartTime: nowSeconds,
      ReplayEndTime: nowSeconds,
    }
    state.run('INSERT INTO events_replay VALUES (?, ?)', name, JSON.stringify(description))
    return { ReplayArn: replayArn(name), State: 'STARTING', ReplayStartTime: nowSeconds }
  }

  #described(name: string): string | undefined {
    const select = 'SELECT description FROM events_replay WHERE name = ?'
    return this.#options.state.get<{ description: string }>(select, name)?.description
  }

  /** Deletes what is older than the retention period: at start, and before an archive is read. */
  sweep(): void {
    const { state, clock } = this.#options
    for (const { name, retentionDays } of this.#archives.values()) {
      if (retentionDays === 0) continue
      const oldestMs = clock.now() - retentionDays * dayMs
      state.run('DELETE FROM events_archived WHERE archive = ? AND time_ms < ?', name, oldestMs)
    }
  }
}

const archiveArn = (name: string) => arn('events', `archive/${name}`)

const replayArn = (name: unknown) => arn('events', `replay/${String(name)}`)

const notFound = (what: string) => new AwsError('ResourceNotFoundException', `${what} does not exist.`)
