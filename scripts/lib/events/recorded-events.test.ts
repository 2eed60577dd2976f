import { readFileSync } from 'node:fs'
import * as z from 'zod'
import {
  definedEvents,
  eventsPage,
  eventsPageFile,
  recordedEvents,
  recordProblems,
  textOf,
  unrecorded,
  type EventRecord,
} from './recorded-events.ts'

const [defined, recorded] = [await definedEvents(), recordedEvents()]

test('each event is defined once', () => {
  expect(new Set(defined.map(({ type, version }) => `${type} ${version}`)).size).toBe(defined.length)
})

test.each(defined.map((event) => [`${event.type} ${event.version}`, event] as const))(
  '%s is compatible with its recorded schema, or has a new version',
  (_name, event) => {
    const ofType = (events: readonly EventRecord[]) => events.filter(({ type }) => type === event.type)
    expect(recordProblems(ofType(defined), ofType(recorded))).toEqual([])
  },
)

test('every recorded event is defined in an events.ts', () => {
  expect(recordProblems(defined, recorded)).toEqual([])
})

test('every definition is recorded unchanged (npm run events:record writes missing schemas)', () => {
  expect(unrecorded(defined, recorded).map(textOf)).toEqual([])
  expect(readFileSync(eventsPageFile, 'utf8')).toBe(eventsPage(recorded))
})

const lent = (version: number, data: z.ZodType, source = 'library.app'): EventRecord => ({
  service: 'library',
  type: 'BookLent',
  version,
  source,
  data: z.toJSONSchema(data, { io: 'input' }),
})
const first = lent(1, z.object({ isbn: z.string() }))

test('an incompatible change is reported with event, path and fix', () => {
  expect(recordProblems([lent(1, z.object({ isbn: z.int() }))], [first])).toEqual([
    "BookLent 1: /isbn was string and is integer: neither side can read the other's. Increase its version to 2 in events.ts, or delete services/library/events/BookLent.1.json if it was never published.",
  ])
  expect(recordProblems([lent(1, z.object({ isbn: z.string() }), 'desk.app')], [first])).toEqual([
    'BookLent 1: its source was library.app and is desk.app. Increase its version to 2 in events.ts, or delete services/library/events/BookLent.1.json if it was never published.',
  ])
})

test('a new version may have any schema, as long as the older ones stay recorded', () => {
  const second = lent(2, z.object({ isbn: z.int() }))
  expect(recordProblems([second], [first])).toEqual([])
  expect(recordProblems([first, second], [first, second])).toEqual([])
  expect(recordProblems([second], [])).toEqual([
    'BookLent: services/library/events/BookLent.1.json is missing, but the archive contains such events.',
  ])
})

test('a new event and a new optional field are recorded', () => {
  const grown = lent(1, z.object({ isbn: z.string(), desk: z.string().optional() }))
  expect([recordProblems([grown], [first]), unrecorded([grown], [first])]).toEqual([[], [grown]])
  expect([recordProblems([first], []), unrecorded([first], [])]).toEqual([[], [first]])
})

test('a removed definition and a lowered version are reported', () => {
  const second = lent(2, z.object({ isbn: z.int() }))
  expect(recordProblems([], [first])).toEqual([
    'BookLent: services/library/events/BookLent.1.json records it, but no events.ts defines it. Define it again, or delete that file once the archive contains no such event.',
  ])
  expect(recordProblems([first], [first, second])).toEqual([
    'BookLent: services/library/events/BookLent.2.json records version 2, but events.ts defines no version above 1. Increase it to 2, or delete that file if it was never published.',
  ])
})
