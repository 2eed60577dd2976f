import { dayMs } from '../clock.ts'
import { entry, startEvents } from './testing.ts'

const bus = 'arn:aws:events:us-east-1:000000000000:event-bus/default'
let events: Awaited<ReturnType<typeof startEvents>>
let archive: string
let oven: string
let shelf: string
let ovenRule: string

beforeEach(async () => {
  events = await startEvents()
  const declared = await events.declare('AWS::Events::Archive', 'A', {
    SourceArn: bus,
    RetentionDays: 1,
    EventPattern: { source: ['bakery'] },
  })
  archive = declared.attributes!['Arn'] as string
  oven = events.queue('oven')
  shelf = events.queue('shelf')
  ovenRule = await rule('Oven', oven)
  await rule('Shelf', shelf)
})
afterEach(() => events.stop())

const rule = async (logicalId: string, Arn: string) => {
  const created = await events.declare('AWS::Events::Rule', logicalId, {
    EventPattern: { source: ['bakery'] },
    Targets: [{ Id: 't', Arn }],
  })
  return created.attributes!['Arn'] as string
}
const put = (...entries: object[]) => events.client.putEvents({ Entries: entries })
const stored = async () => (await events.client.listArchives()).Archives?.[0]?.EventCount
const replay = (more: object = {}) =>
  events.client.startReplay({
    ReplayName: 'replay-1',
    EventSourceArn: archive,
    EventStartTime: new Date(events.clock.now() - 3_600_000),
    EventEndTime: new Date(events.clock.now() + 1000),
    Destination: { Arn: bus },
    ...more,
  })

test('a replay sends archived events to the rules with replay-name and the same id, without archiving them twice', async () => {
  const { Entries } = await put(entry(), entry({ Source: 'butcher' }))
  expect(await stored()).toBe(1)
  await events.received(oven)
  await replay()
  const [message] = await events.received(oven)
  expect(JSON.parse(message!.body)).toMatchObject({ id: Entries![0]!.EventId, 'replay-name': 'replay-1' })
  expect(await stored()).toBe(1)
  const described = await events.client.describeReplay({ ReplayName: 'replay-1' })
  expect(described).toMatchObject({ State: 'COMPLETED', EventSourceArn: archive })
})

test('a replay is limited to the rules of its filter and to its time range', async () => {
  await put(entry({ Time: new Date(events.clock.now() - 7_200_000) }), entry())
  await events.received(oven)
  await events.received(shelf)
  await replay({ Destination: { Arn: bus, FilterArns: [ovenRule] } })
  expect(await events.received(oven)).toHaveLength(1)
  expect(await events.received(shelf)).toEqual([])
})

test('events are deleted after the retention period', async () => {
  events.service.start()
  await put(entry())
  await events.clock.advance(dayMs)
  expect(await stored()).toBe(1)
  await events.clock.advance(3_600_000)
  expect(await stored()).toBe(0)
})

test.each([
  ['ResourceNotFoundException', { EventSourceArn: `${bus}x` }],
  ['ValidationException', { Destination: { Arn: `${bus}x` } }],
  ['ValidationException', { EventEndTime: new Date(0) }],
  [
    'ResourceNotFoundException',
    { Destination: { Arn: bus, FilterArns: ['arn:aws:events:us-east-1:000000000000:rule/none'] } },
  ],
])('%s: a replay with %j is rejected', async (name, more) => {
  await expect(replay(more)).rejects.toMatchObject({ name })
})

test('the name of a replay can be used once', async () => {
  await replay()
  await expect(replay()).rejects.toMatchObject({ name: 'ResourceAlreadyExistsException' })
  const unknown = events.client.describeReplay({ ReplayName: 'none' })
  await expect(unknown).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})

// "Maximum length of 48. Pattern: [\.\-_A-Za-z0-9]+" (EventBridge API Reference, CreateArchive).
test('an archive with a name of 49 characters is rejected', async () => {
  const declare = (length: number) =>
    events.declare('AWS::Events::Archive', 'Named', { SourceArn: bus, ArchiveName: 'a'.repeat(length) })
  await declare(48)
  await expect(declare(49)).rejects.toThrow('it must have 1 to 48 letters')
})

test('the name of an archive may be a number in the template', async () => {
  await events.declare('AWS::Events::Archive', 'Numbered', { SourceArn: bus, ArchiveName: 2026 })
  expect((await events.client.listArchives()).Archives!.map((each) => each.ArchiveName)).toContain('2026')
})
