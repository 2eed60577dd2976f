import { oneAtATime } from './one-at-a-time.ts'

test('a message is sent when the one before it was sent or has failed', async () => {
  const begun: string[] = []
  const running = new Map<string, PromiseWithResolvers<string>>()
  const mailer = oneAtATime({
    send(message: string) {
      begun.push(message)
      running.set(message, Promise.withResolvers())
      return running.get(message)!.promise
    },
  })
  const outcomes = Promise.allSettled(['a', 'b', 'c'].map((message) => mailer.send(message)))
  const turn = () => new Promise(setImmediate)
  await turn()
  expect(begun).toEqual(['a'])
  running.get('a')!.reject(new Error('throttled'))
  await turn()
  expect(begun).toEqual(['a', 'b'])
  running.get('b')!.resolve('sent')
  await turn()
  running.get('c')!.resolve('sent')
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled'])
})
