import { addressLines, addressOf, addressProblems, emptyAddress, inputOf, isSameAddress } from './address.ts'

const typed = {
  ...emptyAddress('IE'),
  name: ' Ada Buyer ',
  line1: '1 Main Street',
  city: 'Cork',
  postalCode: 'T12 AB34',
}

test('an address is sent without its blank fields', () => {
  const address = { name: 'Ada Buyer', line1: '1 Main Street', city: 'Cork', postalCode: 'T12 AB34', country: 'IE' }
  expect(addressOf({ ...typed, line2: '  ' })).toEqual(address)
  expect(isSameAddress(inputOf(addressOf(typed)), typed)).toBe(true)
  expect(isSameAddress({ ...typed, city: 'Galway' }, typed)).toBe(false)
})

test('missing fields are named, by country', () => {
  expect(addressProblems(typed)).toEqual({})
  expect(Object.keys(addressProblems(emptyAddress('IE')))).toEqual(['name', 'line1', 'city', 'postalCode'])
  expect(Object.keys(addressProblems({ ...typed, country: 'US' }))).toEqual(['region'])
  expect(addressProblems({ ...typed, country: 'HK', postalCode: '' })).toEqual({})
  expect(Object.keys(addressProblems({ ...typed, country: 'AQ' }))).toEqual(['country'])
})

test('an address is shown in lines, without those that are blank', () => {
  const address = { ...addressOf(typed), line2: 'Flat 2', region: 'Munster' }
  expect(addressLines(address, 'Ireland')).toEqual([
    'Ada Buyer',
    '1 Main Street',
    'Flat 2',
    'T12 AB34 Cork, Munster',
    'Ireland',
  ])
  expect(addressLines(inputOf(addressOf(typed)), 'Ireland')).toEqual([
    'Ada Buyer',
    '1 Main Street',
    'T12 AB34 Cork',
    'Ireland',
  ])
})
