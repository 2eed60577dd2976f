import { Address, countryCodes } from './address.ts'

const irish = { name: 'Ada Byrne', line1: 'Main Street 1', city: 'Cork', postalCode: 'T12', country: 'IE' }
const accepts = (change: Record<string, unknown>) => Address.safeParse({ ...irish, ...change }).success

test('an address is accepted in any script, with or without a second line', () => {
  expect(accepts({})).toBe(true)
  expect(accepts({ name: 'Þórdís Sigurðardóttir', line2: '2. hæð', city: '東京', country: 'JP' })).toBe(true)
})

test.each([
  ['an empty name', { name: '' }],
  ['a blank name', { name: '   ' }],
  ['a name that is too long', { name: 'x'.repeat(101) }],
  ['a name of zero-width characters', { name: '\u200b\u200d' }],
  ['a second line of fillers', { line2: '\u3164\u2800' }],
  ['a line break', { line1: 'Main Street 1\nCork' }],
  ['a control character', { city: 'Co\u0000rk' }],
  ['a line separator', { city: 'Co\u2028rk' }],
  ['half a surrogate pair', { city: 'Co\ud800rk' }],
  ['a postal code that is too long', { postalCode: '1'.repeat(21) }],
  ['an unassigned country code', { country: 'XX' }],
  ['a country code in lower case', { country: 'ie' }],
  ['a country code of three letters', { country: 'IRL' }],
  ['a reserved country code', { country: 'UK' }],
  ['a missing city', { city: undefined }],
  ['a phone number of letters', { phone: 'call me' }],
  ['a number instead of text', { postalCode: 12345 }],
  ['an unknown field', { street: 'Main Street' }],
])('an address with %s is rejected', (_, change) => {
  expect(accepts(change)).toBe(false)
})

test('the country codes are the 249 assigned ones, without duplicates', () => {
  expect(new Set(countryCodes).size).toBe(249)
  expect(countryCodes).toHaveLength(249)
})

test.each(['AE', 'HK', 'QA'])('an address in %s needs no postal code', (country) => {
  expect(accepts({ country, postalCode: undefined })).toBe(true)
  expect(accepts({ country, postalCode: '00000' })).toBe(true)
})

test.each([
  ['postalCode', { country: 'DE', postalCode: undefined }],
  ['region', { country: 'US', postalCode: '10001' }],
])('a missing %s is reported at the field, where the country needs it', (field, change) => {
  const issues = Address.safeParse({ ...irish, ...change }).error?.issues
  expect(issues).toEqual([expect.objectContaining({ path: [field], message: expect.stringContaining(change.country) })])
  expect(accepts({ ...change, postalCode: '10001', region: 'NY' })).toBe(true)
})
