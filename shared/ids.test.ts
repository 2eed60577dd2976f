import { idOf, newId, timeOfId } from './ids.ts'

const at = (iso: string) => new Date(iso)

test('an id is a prefix and 26 unambiguous characters', () => {
  expect(newId('ord', at('2026-05-01T10:00:00.123Z'))).toMatch(/^ord_[0-9A-HJKMNP-TV-Z]{26}$/)
})

test('the same text has the same id, and another text another one, in the layout of any id', () => {
  expect(idOf('ord', 'a')).toMatch(/^ord_[0-9A-HJKMNP-TV-Z]{26}$/)
  expect(idOf('ord', 'a')).toBe(idOf('ord', 'a'))
  expect(idOf('ord', 'b')).not.toBe(idOf('ord', 'a'))
})

test('timeOfId returns the millisecond of an id', () => {
  const time = at('2026-05-01T10:00:00.123Z')
  expect(timeOfId(newId('ord', time))).toEqual(time)
})

test('ids sort by their time', () => {
  const times = [
    '1999-12-31T23:59:59.999Z',
    '2026-05-01T10:00:00.000Z',
    '2026-05-01T10:00:00.001Z',
    '2100-01-01T00:00:00.000Z',
  ]
  const ids = times.map((time) => newId('ord', at(time)))
  expect(ids.toSorted()).toEqual(ids)
})

test('ids of the same millisecond differ', () => {
  const time = at('2026-05-01T10:00:00.000Z')
  expect(new Set(Array.from({ length: 1000 }, () => newId('ord', time))).size).toBe(1000)
})
