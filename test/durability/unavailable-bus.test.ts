import { hasReached } from '#scripts/lib/api-client.ts'
import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { synthesize } from '#scripts/lib/cdk.ts'
import type { Flow, Visit } from '#test/least-privilege/flow.ts'
import { put } from '#test/least-privilege/proof.ts'
import { partsOf, without } from '#test/least-privilege/statement-part.ts'
import { WatchedSystem } from '#test/least-privilege/watched-system.ts'

let system: WatchedSystem
beforeAll(async () => {
  system = await WatchedSystem.start(await synthesize('dev'))
  await system.fill()
})
afterAll(() => system.stop())

/** More than the five retries that a brief outage would exhaust. */
const failures = 7

const rejectedRequests = () => system.denials.filter(({ action }) => action === 'events:PutEvents').length

/** The bus rejects every request of the relay while `work` runs. */
async function withoutBus(work: () => Promise<void>): Promise<void> {
  const part = system.iam
    .policies()
    .flatMap(partsOf)
    .find(({ statement, removed }) => statement.Action === 'events:PutEvents' && removed.kind === 'statement')!
  await put(system, part.policy, without(part))
  try {
    await work()
  } finally {
    await put(system, part.policy, part.policy.document)
  }
}

const run = async (visit: Visit) => {
  const { shop, awaited, decided, output, aws } = visit
  const { token } = await shop.newCustomer()
  const items = [{ sku: await shop.skuOf(3), quantity: 1 }]
  const ok = { paymentToken: 'tok_ok' }
  const orderIds: string[] = []
  await withoutBus(async () => {
    for (let count = 0; count < 3; count++) orderIds.push((await shop.placeOrder(token, items, {}, ok)).body.orderId)
    await awaited('the rejected requests', async () => rejectedRequests() >= failures)
    for (const orderId of orderIds) expect(await shop.orderOf(token, orderId)).toMatchObject({ status: 'PLACED' })
  })
  for (const orderId of orderIds) expect(hasReached((await decided(token, orderId)).status, 'RESERVED')).toBe(true)
  const { KeyCount } = await aws.s3.send(new ListObjectsV2Command({ Bucket: output('UnpublishedBucketName') }))
  expect(KeyCount).toBe(0)
}

const flow: Flow = { name: 'orders while the bus is unavailable', run }

test('orders that are placed while the bus is unavailable are processed once it is back, without any manual work', () =>
  system.run(flow))
