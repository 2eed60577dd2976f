import { configSource } from './config.ts'

afterEach(() => jest.restoreAllMocks())

test('a server that never responds is a failure, and the next call tries again', async () => {
  jest.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort())
  const fetched = jest.spyOn(globalThis, 'fetch').mockImplementation((_, request) => {
    const { promise, reject } = Promise.withResolvers<Response>()
    if (request?.signal?.aborted) reject(request.signal.reason as Error)
    return promise
  })
  const config = configSource()
  await expect(config()).rejects.toThrow('aborted')
  await expect(config()).rejects.toThrow('aborted')
  expect(fetched).toHaveBeenCalledTimes(2)
})
