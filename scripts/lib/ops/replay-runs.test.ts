import { CancelReplayCommand, DescribeReplayCommand } from '@aws-sdk/client-eventbridge'
import { attemptsOf, followReplay, rulesNamed } from './replay-runs.ts'

const notFound = Object.assign(new Error('no'), { name: 'ResourceNotFoundException' })
const period = { from: new Date('2026-11-21T10:00:00Z'), to: new Date('2026-11-21T12:00:00Z') }

/** A bus whose replays return these states, one for each request. */
function busOf(states: Record<string, string[]>, cancel: () => void = () => {}) {
  const calls: string[] = []
  const send = async (sent: object): Promise<any> => {
    calls.push(sent.constructor.name)
    if (sent instanceof CancelReplayCommand) return cancel()
    if (!(sent instanceof DescribeReplayCommand)) throw new Error(`Unexpected: ${sent.constructor.name}`)
    const left = states[sent.input.ReplayName!]
    if (left === undefined) throw notFound
    return { State: left.length > 1 ? left.shift() : left[0], EventLastReplayedTime: new Date('2026-11-21T11:00:00Z') }
  }
  return { calls, send }
}

function watched(signal = new AbortController().signal) {
  const said: string[] = []
  return {
    said,
    session: { signal, say: (line: string) => void said.push(line), print: (line: string) => void said.push(line) },
  }
}

test('finds the latest replay of a request, and the name of the next', async () => {
  const bus = busOf({ 'r-1': ['CANCELLED'], 'r-2': ['RUNNING'] })
  const { latest, next } = await attemptsOf(bus, (attempt) => `r-${attempt}`)
  expect(latest).toMatchObject({ name: 'r-2', state: 'RUNNING' })
  expect(next).toBe('r-3')
  expect(await attemptsOf(bus, () => 'none')).toEqual({ latest: undefined, next: 'none' })
})

test.each([
  ['COMPLETED', 0, 'r-1 has completed'],
  ['FAILED', 1, 'r-1 is failed'],
  ['CANCELLED', 130, 'r-1 is cancelled'],
])('a replay that is %s ends with %d', async (state, code, text) => {
  const { said, session } = watched()
  expect(await followReplay(busOf({ 'r-1': [state] }), 'r-1', period, session)).toBe(code)
  expect(said.at(-1)).toContain(text)
})

test('Ctrl-C cancels a replay once and waits for its end', async () => {
  const bus = busOf({ 'r-1': ['RUNNING', 'CANCELLING', 'CANCELLED'] })
  const { said, session } = watched(AbortSignal.abort())
  expect(await followReplay(bus, 'r-1', period, session)).toBe(130)
  expect(said[0]).toBe('running, 50 % of the time')
  expect(bus.calls.filter((name) => name === 'CancelReplayCommand')).toHaveLength(1)
})

test('a replay that ended before it could be cancelled has completed', async () => {
  const tooLate = () => {
    throw Object.assign(new Error('over'), { name: 'IllegalStatusException' })
  }
  const { session } = watched(AbortSignal.abort())
  expect(await followReplay(busOf({ 'r-1': ['RUNNING', 'COMPLETED'] }, tooLate), 'r-1', period, session)).toBe(0)
})

describe('rules by name', () => {
  const rule = (name: string, target: string) => ({ name, arn: `arn:${name}`, targets: [target] })
  const rules = [rule('Stock1', 'shop-orders'), rule('Stock2', 'shop-orders'), rule('Mail', 'shop-mails')]
  const names = (...wanted: string[]) => rulesNamed(rules, wanted, 'shop').map(({ name }) => name)

  test('are found by rule name or consumer, without duplicates', () => {
    expect(names('Mail')).toEqual(['Mail'])
    expect(names('orders')).toEqual(['Stock1', 'Stock2'])
    expect(names('shop-mails', 'Mail', 'Stock2')).toEqual(['Mail', 'Stock2'])
  })

  test('are listed when no rule has the name', () => {
    expect(() => names('parcels')).toThrow('shop has no rule or consumer parcels. Available: shop-orders (Stock1), ')
  })
})
