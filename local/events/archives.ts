import { arn, type ResourceProvider } from '../assembly/provider.ts'
import { dayMs, type Cancel, type Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError, validationError } from '../wire/aws-error.ts'
import { requireParameters, type Operation } from '../wire/service.ts'
import { readPattern, type Buses, type Pattern } from './buses.ts'
import { busArn, busNameOf, type BusEvent } from './event.ts'

const schema = `
CREATE TABLE IF NOT EXISTS events_archived (
  id INTEGER PRIMARY KEY, archive TEXT NOT NULL, time_ms INTEGER NOT NULL, event TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_archived_time ON events_archived (archive, time_ms, id);
CREATE TABLE IF NOT EXISTS events_replay (name TEXT PRIMARY KEY, description TEXT NOT NULL)`

const sweepEveryMs = 3_600_000

interface Archive {
  readonly name: string
  readonly busName: string
  /** 0 stores events indefinitely. */
  readonly retentionDays: number
  readonly pattern?: Pattern
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
  #timer: Cancel | undefined

  constructor(options: ArchivesOptions) {
    this.#options = options
    options.state.define(schema)
    this.operations = {
      ListArchives: {
        access: () => [{ action: 'events:ListArchives', resource: '*' }],
        handle: (input) => this.#list(input),
      },
      StartReplay: {
        access: onReplay('StartReplay'),
        handle: (input: StartInput) => options.state.transaction(() => this.#replay(input)),
      },
      DescribeReplay: {
        access: onReplay('DescribeReplay'),
        handle: ({ ReplayName }) => {
          const description = this.#described(String(ReplayName))
          if (!description) throw new AwsError('ResourceNotFoundException', `Replay ${ReplayName} does not exist.`)
          return description
        },
      },
    }
    this.provider = {
      type: 'AWS::Events::Archive',
      supported: ['ArchiveName', 'SourceArn', 'EventPattern', 'RetentionDays'],
      ignored: { Description: 'descriptive only' },
      create: ({ properties, generatedName }) => {
        const name = String(properties['ArchiveName'] ?? generatedName)
        const pattern: unknown = properties['EventPattern']
        this.#archives.set(name, {
          name,
          busName: options.buses.bus(properties['SourceArn']).name,
          retentionDays: Number(properties['RetentionDays'] ?? 0),
          ...(pattern !== undefined && { pattern: readPattern(pattern) }),
        })
        return { ref: name, attributes: { Arn: archiveArn(name), ArchiveName: name } }
      },
    }
  }

  start(): void {
    this.#sweep()
    this.#timer = this.#options.clock.schedule(sweepEveryMs, () => this.start())
  }

  stop(): void {
    this.#timer?.()
  }

  /** Stores an event in the archives of its bus, except a replayed event, which is already archived. */
  store(busName: string, event: BusEvent): void {
    if (event['replay-name'] !== undefined) return
    for (const archive of this.#archives.values()) {
      if (archive.busName !== busName || archive.pattern?.matches(event) === false) continue
      this.#options.state.run(
        'INSERT INTO events_archived (archive, time_ms, event) VALUES (?, ?, ?)',
        archive.name,
        Date.parse(event.time),
        JSON.stringify(event),
      )
    }
  }

  #list(input: { EventSourceArn?: string }) {
    requireParameters(input, ['EventSourceArn'])
    const matching = [...this.#archives.values()].filter(
      ({ busName }) => input.EventSourceArn === undefined || input.EventSourceArn === busArn(busName),
    )
    const found = matching.map(({ name, busName, retentionDays }) => ({
      ArchiveName: name,
      EventSourceArn: busArn(busName),
      State: 'ENABLED',
      RetentionDays: retentionDays,
      ...this.#options.state.get(
        `SELECT COUNT(*) AS EventCount, COALESCE(SUM(LENGTH(event)), 0) AS SizeBytes FROM events_archived
         WHERE archive = ?`,
        name,
      ),
    }))
    return { Archives: found }
  }

  /** Here a replay is complete when StartReplay returns. */
  #replay(input: StartInput) {
    const { state, clock, buses, replay } = this.#options
    const { ReplayName: name, EventSourceArn, EventStartTime, EventEndTime, Destination } = input
    if (this.#described(name)) throw new AwsError('ResourceAlreadyExistsException', `Replay ${name} already exists.`)
    const archive = [...this.#archives.values()].find((candidate) => archiveArn(candidate.name) === EventSourceArn)
    if (!archive) throw new AwsError('ResourceNotFoundException', `Archive ${EventSourceArn} does not exist.`)
    if (busNameOf(Destination.Arn) !== archive.busName)
      throw validationError('Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.')
    if (!(EventStartTime < EventEndTime))
      throw validationError('Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.')
    const filter = Destination.FilterArns?.length ? Destination.FilterArns : undefined
    const ruleArns = new Set([...buses.bus(archive.busName).rules.values()].map((rule) => rule.arn))
    const unknown = filter?.find((ruleArn) => !ruleArns.has(ruleArn))
    if (unknown !== undefined) throw new AwsError('ResourceNotFoundException', `Rule ${unknown} does not exist.`)
    this.#sweep()
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

  #described(name: string): object | undefined {
    const row = this.#options.state.get<{ description: string }>(
      'SELECT description FROM events_replay WHERE name = ?',
      name,
    )
    return row && JSON.parse(row.description)
  }

  #sweep(): void {
    const { state, clock } = this.#options
    for (const { name, retentionDays } of this.#archives.values()) {
      if (retentionDays === 0) continue
      const oldestMs = clock.now() - retentionDays * dayMs
      state.run('DELETE FROM events_archived WHERE archive = ? AND time_ms < ?', name, oldestMs)
    }
  }
}

const archiveArn = (name: string) => arn('events', `archive/${name}`)

const replayArn = (name: string) => arn('events', `replay/${name}`)

const onReplay = (action: string) => (input: { ReplayName?: unknown }) => [
  { action: `events:${action}`, resource: replayArn(String(input.ReplayName)) },
]
