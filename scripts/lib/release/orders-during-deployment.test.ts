import { withOrders, type BackgroundOrders } from './orders-during-deployment.ts'

function orders() {
  const counts = { stops: 0 }
  const background: BackgroundOrders = {
    async stop() {
      counts.stops++
      return { ok: false, summary: '3 of 4 calls failed.' }
    },
  }
  return { counts, background }
}

test('orders stop after the deployment and are reported', async () => {
  const { counts, background } = orders()
  expect(await withOrders(background, async () => counts.stops)).toEqual({
    result: 0,
    report: { ok: false, summary: '3 of 4 calls failed.' },
  })
  expect(counts.stops).toBe(1)
})

test('orders stop when the deployment throws', async () => {
  const { counts, background } = orders()
  const failing = async () => {
    throw new Error('no cdk')
  }
  await expect(withOrders(background, failing)).rejects.toThrow('no cdk')
  expect(counts.stops).toBe(1)
})

test('a deployment without orders has no report of them', async () => {
  expect(await withOrders(undefined, async () => 7)).toEqual({ result: 7, report: undefined })
})
