import { services } from '#infra/services.ts'
import { optionalServices } from './installed-services.ts'

// test/optional-services looks for them in deployments without one.
test('the optional services are those of the app', () => {
  expect([...optionalServices]).toEqual(services.filter(({ optional }) => optional).map(({ name }) => name))
})
