import { join } from 'node:path'
import { newFolder } from '#test/support/new-folder.ts'
import { inBackground, withOrders, type BackgroundOrders } from './orders-during-deployment.ts'

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

test('orders are placed until they are stopped, and the report has the last lines; an error is a failure', async () => {
  const folder = newFolder()
  const reportOf = (place: Parameters<typeof inBackground>[1]) => inBackground(join(folder, 'log'), place).stop()
  const lines = Array.from({ length: 13 }, (_, index) => `line ${index}`)
  const placed = await reportOf(async ({ log }, stopped) => {
    await stopped
    for (const line of lines) log(line)
    return true
  })
  expect(placed).toEqual({ ok: true, summary: lines.slice(1).join('\n') })
  const failed = await reportOf(() => Promise.reject(new Error('expired')))
  expect(failed).toEqual({ ok: false, summary: 'The synthetic orders failed: expired' })
})
