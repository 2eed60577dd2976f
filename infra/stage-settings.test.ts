import {
  checkArchive,
  checkDomain,
  checkReservation,
  checkShipping,
  checkValues,
  maxPrefixLength,
  prefixOf,
  reservations,
} from './stage-settings.ts'
import { stageOf } from './stages.ts'
import { maxArchiveDays, recognizedDays } from '#shared/days.ts'

test.each(Object.entries(reservations))('the reservation settings %s are within the limits of AWS', (_, settings) => {
  expect(() => checkReservation('prod', settings)).not.toThrow()
})

test('the default setting delays no order: it waits for no batch to fill', () => {
  expect(reservations.everyday.batchWindowSeconds).toBe(0)
})

test.each([
  [{ batchSize: 0 }, 'prod: reservation.batchSize is 0, not an integer from 1 to 99.'],
  [{ batchSize: 100 }, 'prod: reservation.batchSize is 100, not an integer from 1 to 99.'],
  [{ batchSize: 1.5 }, 'prod: reservation.batchSize is 1.5, not an integer from 1 to 99.'],
  [{ batchWindowSeconds: -1 }, 'prod: reservation.batchWindowSeconds is -1, not an integer from 0 to 300.'],
  [{ batchWindowSeconds: 301 }, 'prod: reservation.batchWindowSeconds is 301, not an integer from 0 to 300.'],
  [{ maxConcurrency: 1 }, 'prod: reservation.maxConcurrency is 1, not an integer from 2 to 1000.'],
  [{ batchSize: 11 }, 'prod: reservation.batchSize is over 10, which needs a batchWindowSeconds of at least 1.'],
])('reservation settings %j are reported in one line', (change, message) => {
  expect(() => checkReservation('prod', { ...reservations.everyday, ...change })).toThrow(message)
})

const shipping = { handlingDelaySeconds: 0, expressHandlingDelaySeconds: 0, deliveryDelaySeconds: 900 }

test('delays of shipments are within the limits of SQS', () => {
  expect(() => checkShipping('prod', shipping)).not.toThrow()
})

test.each([
  [{ handlingDelaySeconds: 901 }, 'prod: shipping.handlingDelaySeconds is 901, not an integer from 0 to 900.'],
  [{ deliveryDelaySeconds: -1 }, 'prod: shipping.deliveryDelaySeconds is -1, not an integer from 0 to 900.'],
  [
    { expressHandlingDelaySeconds: 0.5 },
    'prod: shipping.expressHandlingDelaySeconds is 0.5, not an integer from 0 to 900.',
  ],
])('shipping settings %j are reported in one line', (change, message) => {
  expect(() => checkShipping('prod', { ...shipping, ...change })).toThrow(message)
})

const domain = {
  name: 'shop.example.com',
  certificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1b2c-3d',
  hostedZone: { id: 'Z123', name: 'example.com' },
}

test('a domain has a certificate in us-east-1, and is in its hosted zone', () => {
  expect(() => checkDomain('prod', domain)).not.toThrow()
})

test.each([
  [{ name: 'https://shop.example.com' }, 'prod: domain.name is "https://shop.example.com", not a name such as'],
  [{ name: 'Shop.example.com' }, 'prod: domain.name is "Shop.example.com", not a name such as'],
  [
    { certificateArn: domain.certificateArn.replace('us-east-1', 'eu-west-1') },
    'not a certificate of ACM in us-east-1, which CloudFront requires.',
  ],
  [{ certificateArn: '' }, 'prod: domain.certificateArn is "", not a certificate'],
  [{ name: 'shop.example.org' }, 'domain.name is shop.example.org, which is not in the hosted zone example.com.'],
])('a domain with %j is reported in one line', (change, message) => {
  expect(() => checkDomain('prod', { ...domain, ...change })).toThrow(message)
})

test('the archive replays nothing that services do not recognize any more', () => {
  for (const days of [1, maxArchiveDays]) expect(() => checkArchive('prod', days)).not.toThrow()
  // EventBridge keeps the events of an archive of 0 days for ever.
  for (const days of [0, maxArchiveDays + 1, 7.5])
    expect(() => checkArchive('prod', days)).toThrow(`prod: archiveDays is ${days}, not an integer from 1 to 30.`)
  expect(recognizedDays).toBeGreaterThan(maxArchiveDays)
})

test.each([
  [{ availabilityObjective: 1 }, 'prod: availabilityObjective is 1, not a share from 0.95 to less than 1.'],
  [{ availabilityObjective: 99.9 }, 'prod: availabilityObjective is 99.9, not a share'],
  [{ timeZone: 'Dublin' }, 'prod: timeZone is "Dublin", not a name of the IANA database such as "Europe/Dublin".'],
  [{ corsOrigins: ['https://shop.example.com/'] }, 'prod: corsOrigins is "https://shop.example.com/", not an origin'],
  [{ corsOrigins: ['shop.example.com'] }, 'without a slash at the end.'],
  [
    { mail: { ...stageOf('prod').mail, from: 'orders@shop.example' } },
    'prod: mail.from is "orders@shop.example", not an address of mail.identity, example.com.',
  ],
])('settings %j are reported in one line', (change, message) => {
  const prod = stageOf('prod')
  expect(() => checkValues('prod', prod)).not.toThrow()
  expect(() => checkValues('prod', { ...prod, ...change })).toThrow(message)
})

test('an address of a subdomain, or the identity itself, may send', () => {
  const { mail, ...prod } = stageOf('prod')
  for (const sender of [{ from: 'a@b.example.com' }, { from: 'a@b.org', identity: 'a@b.org' }])
    expect(() => checkValues('prod', { ...prod, mail: { ...mail, ...sender } })).not.toThrow()
})

test.each([
  [
    'Shop',
    'dev',
    'applicationId in shared/application.ts is "Shop", not lower case letters, digits and single hyphens.',
  ],
  [
    'shop',
    'prod-eu',
    'A stage is named "prod-eu" in infra/stages.ts, not by lower case letters and digits, without a hyphen.',
  ],
  ['oak-and-pine', 'staging', 'would begin with oak-and-pine-staging, which has 20 of at most 19 characters.'],
])('the application %s with a stage %s is reported in one line', (application, stage, message) => {
  expect(() => prefixOf(application, stage)).toThrow(message)
})

test('a prefix of the largest length is accepted', () => {
  expect(prefixOf('a'.repeat(maxPrefixLength - 4), 'dev')).toHaveLength(maxPrefixLength)
})
