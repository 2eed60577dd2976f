import { calculate, canonicalNumber, compareNumbers } from './decimal.ts'

test.each([
  ['007', '7'],
  ['+1', '1'],
  ['-0', '0'],
  ['0e125', '0'],
  ['1.50', '1.5'],
  ['.5', '0.5'],
  ['1.', '1'],
  ['12e-4', '0.0012'],
  ['1.2E3', '1200'],
  ['-0.00100', '-0.001'],
  ['9'.repeat(38), '9'.repeat(38)],
  ['1e125', `1${'0'.repeat(125)}`],
  ['1e-130', `0.${'0'.repeat(129)}1`],
])('%s has the canonical form %s', (text, canonical) => {
  expect(canonicalNumber(text)).toEqual({ text: canonical })
})

test.each([
  ['', 'The parameter cannot be converted to a numeric value: '],
  [' 1', 'The parameter cannot be converted to a numeric value:  1'],
  ['0x10', 'The parameter cannot be converted to a numeric value: 0x10'],
  ['1e126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
  ['1e-131', 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
  ['1e99999999999', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
  ['1e9223372036854775808', 'The parameter cannot be converted to a numeric value: 1e9223372036854775808'],
  ['0e126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
  ['0e-131', 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
  ['1'.repeat(39), 'Attempting to store more than 38 significant digits in a Number'],
])('%j is rejected', (text, fault) => {
  expect(canonicalNumber(text)).toMatchObject({ fault })
})

test('numbers are compared by value', () => {
  const sorted = ['-1e20', '-1.5', '-1', '-0.1', '0', '1e-100', '0.2', '0.21', '1', '10', '10.5', '1e20', '11e19']
  const values = sorted.map((text) => (canonicalNumber(text) as { text: string }).text)
  for (const [left, a] of values.entries()) {
    for (const [right, b] of values.entries()) expect(Math.sign(compareNumbers(a, b))).toBe(Math.sign(left - right))
  }
})

test.each([
  ['1', 'add', '2', '3'],
  ['0.1', 'add', '0.2', '0.3'],
  ['1.5', 'add', '1.5', '3'],
  ['1', 'subtract', '1.0000000000000000000000001', '-0.0000000000000000000000001'],
  ['999999999999999', 'add', '999999999999999', '1999999999999998'],
  ['99999999999999999999', 'add', '1', `1${'0'.repeat(20)}`],
  ['0.5', 'subtract', '0.5', '0'],
  ['0', 'subtract', '0.25', '-0.25'],
] as const)('%s %s %s is %s', (left, operation, right, result) => {
  expect(calculate(left, operation, right)).toBe(result)
})
