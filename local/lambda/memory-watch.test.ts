import { setTimeout } from 'node:timers/promises'

test('outside Linux, memory is measured every 250 ms, however large the limit is', async () => {
  const platform = Object.getOwnPropertyDescriptor(process, 'platform')!
  Object.defineProperty(process, 'platform', { ...platform, value: 'darwin' })
  const { MemoryWatch } = await import(`./memory-watch.ts?${Date.now()}`)
  Object.defineProperty(process, 'platform', platform)
  const watch = new MemoryWatch({ pid: process.pid, limitMb: 10_240, onExceeded: () => {} })
  watch.start()
  await setTimeout(600)
  watch.stop()
  expect(watch.peakMb).toBeGreaterThan(20)
})
