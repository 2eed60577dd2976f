import { compilePattern } from './pattern.ts'

/** Each operator on the field `f` of the detail of an event: values that match, and values that do not. */
const table: [operator: string, conditions: unknown[], matching: unknown[], others: unknown[]][] = [
  [
    'exact string',
    ['bread'],
    ['bread', ['rolls', 'bread']],
    ['Bread', 'bread ', ['rolls'], 1, null, { bread: 'bread' }],
  ],
  ['one of several', ['bread', 'rolls', 3], ['bread', 'rolls', 3], ['cake', '3', 4]],
  ['number', [300], [300, 300.0, 3e2, [1, 300]], ['300', 301, true]],
  ['boolean', [true], [true, [false, true]], [false, 'true', 1]],
  ['null', [null], [null, [null]], ['null', '', 0, undefined, []]],
  ['empty string', [''], ['', ['a', '']], [' ', null, undefined, []]],
  ['prefix', [{ prefix: 'ry' }], ['rye', 'ry', ['x', 'rye']], ['Rye', 'r', 'a rye', 5, null]],
  ['suffix', [{ suffix: '.png' }], ['a.png', '.png'], ['a.PNG', 'a.png ', 5]],
  ['equals-ignore-case', [{ 'equals-ignore-case': 'Rye' }], ['rye', 'RYE'], ['rye ', 'r', 5]],
  [
    'anything-but string',
    [{ 'anything-but': 'rye' }],
    ['wheat', 5, ['rye', 'wheat'], null],
    ['rye', undefined, ['rye'], []],
  ],
  ['anything-but number', [{ 'anything-but': 5 }], [6, '5'], [5, undefined]],
  ['anything-but list', [{ 'anything-but': ['a', 'b', 1] }], ['c', 2, '1'], ['a', 'b', 1]],
  ['anything-but prefix', [{ 'anything-but': { prefix: 'r' } }], ['wheat', 'R'], ['rye', undefined]],
  ['anything-but prefixes', [{ 'anything-but': { prefix: ['r', 'w'] } }], ['oat'], ['rye', 'wheat']],
  ['anything-but suffix', [{ 'anything-but': { suffix: 'e' } }], ['wheat'], ['rye']],
  ['anything-but equals-ignore-case', [{ 'anything-but': { 'equals-ignore-case': 'rye' } }], ['wheat'], ['RYE', 'rye']],
  ['numeric =', [{ numeric: ['=', 5] }], [5, 5.0], [5.1, '5', null]],
  ['numeric <', [{ numeric: ['<', 5] }], [4.99, -1], [5, 6, '4']],
  ['numeric <=', [{ numeric: ['<=', 5] }], [5, 4], [5.01]],
  ['numeric >', [{ numeric: ['>', 5] }], [5.01, [1, 6]], [5, 4]],
  ['numeric >=', [{ numeric: ['>=', 5] }], [5, 6], [4.99]],
  ['numeric range', [{ numeric: ['>', 0, '<=', 5] }], [0.1, 5], [0, 5.1, '3']],
  ['exists', [{ exists: true }], ['', 0, null, false, ['a']], [undefined, { g: 1 }, []]],
  ['exists not', [{ exists: false }], [undefined, { g: 1 }], ['', null, 0]],
  ['operators mixed', ['rye', { prefix: 'w' }, { numeric: ['>', 5] }], ['rye', 'wheat', 6], ['oat', 5]],
]

const eventWith = (f: unknown) => JSON.parse(JSON.stringify({ source: 'bakery', detail: { f } }))
const cases = table.flatMap(([operator, conditions, matching, others]) => [
  ...matching.map((value) => [operator, conditions, value, true] as const),
  ...others.map((value) => [operator, conditions, value, false] as const),
])

test.each(cases)('%s %j on %j: %s', (_, conditions, value, expected) => {
  expect(compilePattern({ detail: { f: conditions } })(eventWith(value))).toBe(expected)
})

const order = {
  source: 'bakery',
  detail: {
    kind: 'rye',
    size: { grams: 500 },
    items: [
      { sku: 'a', n: 1 },
      { sku: 'b', n: 2 },
    ],
  },
}
test.each([
  ['all fields must match', { source: ['bakery'], detail: { kind: ['rye'], size: { grams: [500] } } }, true],
  [
    'a pattern with one field that differs does not match',
    { source: ['bakery'], detail: { kind: ['oat'], size: { grams: [500] } } },
    false,
  ],
  ['a missing field does not match', { detail: { color: ['rye'] } }, false],
  ['a field of an object in an array', { detail: { items: { sku: ['b'] } } }, true],
  [
    'fields of different objects in an array do not match together',
    { detail: { items: { sku: ['a'], n: [2] } } },
    false,
  ],
  ['exists: false below a missing object', { detail: { glaze: { color: [{ exists: false }] } } }, true],
  ['exists: true below a missing object', { detail: { glaze: { color: [{ exists: true }] } } }, false],
  [
    '$or with a matching second pattern',
    { detail: { $or: [{ kind: ['oat'] }, { size: { grams: [{ numeric: ['>', 400] }] } }] } },
    true,
  ],
  ['$or without a matching pattern', { detail: { $or: [{ kind: ['oat'] }, { size: { grams: [1] } }] } }, false],
  ['$or next to a field that does not match', { source: ['x'], $or: [{ source: ['bakery'] }, { id: ['1'] }] }, false],
  ['$or within $or', { $or: [{ id: ['1'] }, { $or: [{ id: ['2'] }, { source: ['bakery'] }] }] }, true],
  ['a property of the prototype is not a field', { constructor: [{ exists: true }] }, false],
])('%s', (_, pattern, expected) => {
  expect(compilePattern(JSON.stringify(pattern))(order)).toBe(expected)
})

test.each([
  ['invalid JSON', '{'],
  ['an array', '[]'],
  ['no fields', {}],
  ['a value outside an array', { source: 'bakery' }],
  ['an empty array', { source: [] }],
  ['an empty object', { detail: {} }],
  ['an array in an array', { source: [['a']] }],
  ['an operator that is not emulated', { source: [{ wildcard: 'a*' }] }],
  ['an option of an operator that is not emulated', { source: [{ prefix: { 'equals-ignore-case': 'a' } }] }],
  ['a dot in a name, which is not emulated', { 'detail.kind': ['rye'] }],
  ['an operator named like a prototype property', { source: [{ constructor: 'a' }] }],
  ['two operators', { source: [{ prefix: 'a', suffix: 'b' }] }],
  ['no operator', { source: [{}] }],
  ['a prefix that is not a string', { source: [{ prefix: 1 }] }],
  ['anything-but with an empty list', { source: [{ 'anything-but': [] }] }],
  ['anything-but null', { source: [{ 'anything-but': [null] }] }],
  ['anything-but true', { source: [{ 'anything-but': true }] }],
  ['anything-but numeric', { source: [{ 'anything-but': { numeric: ['=', 1] } }] }],
  ['numeric with half a range', { source: [{ numeric: ['>', 5, '<'] }] }],
  ['numeric with three tests', { source: [{ numeric: ['>', 5, '<', 9, '=', 7] }] }],
  ['numeric with the upper bound first', { source: [{ numeric: ['<', 9, '>', 5] }] }],
  ['a numeric string', { source: [{ numeric: '5' }] }],
  ['numeric without a number', { source: [{ numeric: ['='] }] }],
  ['numeric with a string', { source: [{ numeric: ['=', '5'] }] }],
  ['numeric with an unknown operator', { source: [{ numeric: ['!=', 5] }] }],
  ['exists with a string', { source: [{ exists: 'yes' }] }],
  ['$or with one pattern', { $or: [{ source: ['a'] }] }],
  ['$or with values', { $or: ['a', 'b'] }],
  ['$or with an empty pattern', { $or: [{ source: ['a'] }, {}] }],
])('a pattern with %s is rejected', (_, pattern) => {
  expect(() => compilePattern(pattern)).toThrow(expect.objectContaining({ name: 'InvalidEventPatternException' }))
})
