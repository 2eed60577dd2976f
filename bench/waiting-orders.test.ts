import type { SQSEvent } from 'aws-lambda'
import { VirtualTime } from './virtual-time.ts'
import { deliverAll } from './waiting-orders.ts'

const messages = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ messageId: `m${index}` })) as SQSEvent['Records']

async function deliver(
  count: number,
  settings: { batchSize: number; batchWindowSeconds: number },
  fails: (messageId: string) => boolean = () => false,
) {
  const time = new VirtualTime()
  const batches: string[] = []
  const handle = async ({ Records }: SQSEvent) => {
    const ids = Records.map(({ messageId }) => messageId)
    batches.push(`${Math.floor(time.nowMs / 1000)} s: ${ids.join(' ')}`)
    return { batchItemFailures: ids.filter(fails).map((itemIdentifier) => ({ itemIdentifier })) }
  }
  const delivery = await deliverAll(messages(count), handle, { ...settings, maxConcurrency: 2 }, time, (ms) => ms)
  return { ...delivery, batches }
}

test('only a batch that is not full waits for its window', async () => {
  const { batches, handledAtMs } = await deliver(5, { batchSize: 2, batchWindowSeconds: 3 })
  expect(batches).toEqual(['0 s: m0 m1', '0 s: m2 m3', '3 s: m4'])
  expect(handledAtMs).toHaveLength(5)
})

test('a failed message returns after its visibility timeout, and becomes a dead letter after five deliveries', async () => {
  const settings = { batchSize: 10, batchWindowSeconds: 0 }
  const { batches, handledAtMs, returned, deadLetters } = await deliver(2, settings, (id) => id === 'm1')
  expect(batches).toEqual(['0 s: m0 m1', '60 s: m1', '120 s: m1', '180 s: m1', '240 s: m1'])
  expect([handledAtMs.length, returned, deadLetters]).toEqual([1, 5, ['m1']])
})
