import { coldStarts } from './cold-start.ts'

test('every function of the stage dev is measured, and the one of tutorials', async () => {
  const measurements = await coldStarts({ rounds: 1 })
  const names = measurements.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['init of orders/place-order', 'init of place-order as in tutorials']))
  // init-time.mjs throws when a function loads zod for valid variables.
  // Only other stages deploy the functions of Stripe, and no variables are known for the functions of CDK.
  expect(names.join()).not.toMatch(/stripe|bucket-?deployment/i)
  expect(measurements.filter(({ value }) => !Number.isFinite(value))).toEqual([])
}, 120_000)
