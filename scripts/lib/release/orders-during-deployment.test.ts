import { join } from 'node:path'
import { newFolder } from '#test/support/new-folder.ts'
import { inBackground } from './orders-during-deployment.ts'

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
