import { countryGroups, ServedCountry } from '#services/pricing/countries.ts'
import { addressIn } from '#shared/address.ts'
import { countryOptions, isServed, needsPostalCode, needsRegion, servedCountries } from './countries.ts'

const address = { name: 'Ada Buyer', line1: '1 Main Street', city: 'Cork', postalCode: 'T12 AB34', region: 'Munster' }

const isRequired = (country: string, field: 'postalCode' | 'region') =>
  !addressIn(ServedCountry).safeParse({ ...address, country, [field]: undefined }).success

test('the countries are those that the shop sends to', () => {
  expect(servedCountries.toSorted()).toEqual(Object.values(countryGroups).flat().toSorted())
  expect(isServed('IE')).toBe(true)
  expect(isServed('AQ')).toBe(false)
})

test('the API requires a postal code and a region where the form does', () => {
  const differing = servedCountries.filter(
    (country) =>
      needsPostalCode(country) !== isRequired(country, 'postalCode') ||
      needsRegion(country) !== isRequired(country, 'region'),
  )
  expect(differing).toEqual([])
})

test('a choice has names, in their order', () => {
  expect(countryOptions.slice(0, 2)).toEqual([
    { value: 'AL', label: 'Albania' },
    { value: 'AD', label: 'Andorra' },
  ])
})
