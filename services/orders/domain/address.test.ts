import { Address } from './address.ts'
import { countryCodes } from './country.ts'
import { address } from './order.fixture.ts'

const accepts = (change: Record<string, unknown>) => Address.safeParse({ ...address, ...change }).success

test('an address of the world is taken, with or without a second line', () => {
  expect(accepts({})).toBe(true)
  expect(accepts({ name: 'Þórdís Sigurðardóttir', line2: '2. hæð', city: '東京', country: 'JP' })).toBe(true)
})

test.each([
  ['an empty name', { name: '' }],
  ['a name of blanks', { name: '   ' }],
  ['a name over its length', { name: 'x'.repeat(101) }],
  ['a line break', { line1: 'Main Street 1\nCork' }],
  ['a control character', { city: 'Co\u0000rk' }],
  ['a line separator', { city: 'Co\u2028rk' }],
  ['half a surrogate pair', { city: 'Co\ud800rk' }],
  ['a postal code over its length', { postalCode: '1'.repeat(21) }],
  ['a country that was never assigned', { country: 'XX' }],
  ['a country in small letters', { country: 'ie' }],
  ['a country by three letters', { country: 'IRL' }],
  ['a reserved code that is no country', { country: 'UK' }],
  ['a missing city', { city: undefined }],
  ['a number for a text', { postalCode: 12345 }],
  ['an unknown field', { street: 'Main Street' }],
])('%s is refused', (_, change) => {
  expect(accepts(change)).toBe(false)
})

test('all assigned countries are known, each once', () => {
  expect(new Set(countryCodes).size).toBe(249)
  expect(countryCodes).toHaveLength(249)
})
