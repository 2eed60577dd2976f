import { arn } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError, validationError } from '../wire/aws-error.ts'
import type { Operation } from '../wire/service.ts'
import type { Archives } from './archives.ts'
import { paged } from './describe.ts'
import { busNameOf, type BusEvent } from './event.ts'
import type { Registry } from './registry.ts'

interface StartInput {
  readonly ReplayName: string
  readonly Description?: string
  readonly EventSourceArn: string
  /** Seconds since the epoch, like all times of this API. */
  readonly EventStartTime: number
  readonly EventEndTime: number
  readonly Destination: { readonly Arn: string; readonly FilterArns?: string[] }
}

const schema = `CREATE TABLE IF NOT EXISTS events_replay (name TEXT PRIMARY KEY, description TEXT NOT NULL)`

const replayArn = (name: string) => arn('events', `replay/${name}`)

/**
 * StartReplay, DescribeReplay, ListReplays and CancelReplay. Here a replay is complete when StartReplay returns, so
 * that none can be cancelled.
 */
export function replayOperations(options: {
  state: State
  clock: Clock
  registry: Registry
  archives: Archives
  /** Delivers an event through the rules with these ARNs, or through all rules. */
  replay: (busName: string, event: BusEvent, ruleArns: string[] | undefined) => void
}): Record<string, Operation> {
  const { state, clock, registry, archives, replay } = options
  state.define(schema)

  return {
    StartReplay: {
      access: (input: StartInput) => [{ action: 'events:StartReplay', resource: replayArn(String(input.ReplayName)) }],
      handle: (input: StartInput) =>
        state.transaction(() => {
          checkName(input.ReplayName)
          if (state.get('SELECT name FROM events_replay WHERE name = ?', input.ReplayName)) {
            throw new AwsError('ResourceAlreadyExistsException', `Replay ${input.ReplayName} already exists.`)
          }
          const archive = registry.archiveByArn(input.EventSourceArn)
          const busName = busNameOf(input.Destination?.Arn ?? '')
          if (busName !== archive.busName) {
            throw validationError(
              'Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.',
            )
          }
          if (!(input.EventStartTime < input.EventEndTime)) {
            throw validationError(
              'Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.',
            )
          }
          const filter = input.Destination.FilterArns?.length ? input.Destination.FilterArns : undefined
          checkFilter(registry, filter)
          const events = archives.between(archive, input.EventStartTime * 1000, input.EventEndTime * 1000)
          for (const event of events) replay(busName, { ...event, 'replay-name': input.ReplayName }, filter)
          const nowSeconds = clock.now() / 1000
          const description = {
            ...input,
            ReplayArn: replayArn(input.ReplayName),
            State: 'COMPLETED',
            EventLastReplayedTime: events.length === 0 ? undefined : Date.parse(events.at(-1)!.time) / 1000,
            ReplayStartTime: nowSeconds,
            ReplayEndTime: nowSeconds,
          }
          state.run('INSERT INTO events_replay VALUES (?, ?)', input.ReplayName, JSON.stringify(description))
          return { ReplayArn: replayArn(input.ReplayName), State: 'STARTING', ReplayStartTime: nowSeconds }
        }),
    },
    DescribeReplay: {
      access: (input) => [{ action: 'events:DescribeReplay', resource: replayArn(String(input.ReplayName)) }],
      handle: (input: { ReplayName: string }) => {
        const row = state.get<{ description: string }>(
          'SELECT description FROM events_replay WHERE name = ?',
          String(input.ReplayName),
        )
        if (!row) throw unknownReplay(input.ReplayName)
        return JSON.parse(row.description)
      },
    },
    ListReplays: {
      access: () => [{ action: 'events:ListReplays', resource: '*' }],
      handle: (input: ListInput) => {
        const rows = state.all<{ description: string }>('SELECT description FROM events_replay ORDER BY name')
        const matching = rows.map((row) => JSON.parse(row.description) as Description).filter(matcherOf(input))
        const { page, NextToken } = paged(matching, input)
        // The list omits the destination, the ARN and the description.
        return {
          Replays: page.map(({ ReplayArn: _arn, Destination: _destination, Description: _text, ...rest }) => rest),
          NextToken,
        }
      },
    },
    CancelReplay: {
      access: (input) => [{ action: 'events:CancelReplay', resource: replayArn(String(input.ReplayName)) }],
      handle: (input: { ReplayName: string }) => {
        const name = String(input.ReplayName)
        if (!state.get('SELECT name FROM events_replay WHERE name = ?', name)) throw unknownReplay(name)
        throw new AwsError('IllegalStatusException', `Replay ${name} is not in a valid state for this operation.`)
      },
    },
  }
}

interface ListInput {
  readonly NamePrefix?: string
  readonly State?: string
  readonly EventSourceArn?: string
  readonly Limit?: number
  readonly NextToken?: string
}

type Description = StartInput & { readonly ReplayArn: string; readonly State: string }

const matcherOf =
  ({ NamePrefix = '', State, EventSourceArn }: ListInput) =>
  (replay: Description): boolean =>
    replay.ReplayName.startsWith(NamePrefix) &&
    (State === undefined || replay.State === State) &&
    (EventSourceArn === undefined || replay.EventSourceArn === EventSourceArn)

const unknownReplay = (name: string) => new AwsError('ResourceNotFoundException', `Replay ${name} does not exist.`)

function checkName(name: unknown): void {
  if (typeof name !== 'string' || !/^[.\-_A-Za-z0-9]{1,64}$/.test(name)) {
    throw validationError('Parameter ReplayName is not valid: 1 to 64 letters, digits, dots, hyphens and underscores.')
  }
}

function checkFilter(registry: Registry, ruleArns: string[] | undefined): void {
  const known = new Set(registry.rules().map((rule) => rule.arn))
  const unknown = ruleArns?.find((ruleArn) => !known.has(ruleArn))
  if (unknown !== undefined) throw new AwsError('ResourceNotFoundException', `Rule ${unknown} does not exist.`)
}
