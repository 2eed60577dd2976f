import { cachedSecret } from './secret.ts'

const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:key-123456'

/** A secret whose reads return these values, one after the other, and the time of its cache. */
function secretOf(...responses: (string | undefined | Error)[]) {
  const clock = { ms: 0 }
  const asked: unknown[] = []
  const client = {
    send: async ({ input }: { input: unknown }) => {
      asked.push(input)
      const response = responses.shift()
      if (response instanceof Error) throw response
      return { SecretString: response }
    },
  }
  return { read: cachedSecret(arn, { client, now: () => clock.ms }), clock, asked }
}

test('a value is read once in five minutes, also by concurrent callers', async () => {
  const { read, clock, asked } = secretOf('one', 'two')
  expect(await Promise.all([read(), read()])).toEqual(['one', 'one'])
  clock.ms = 299_999
  expect(await read()).toBe('one')
  clock.ms = 300_000
  expect(await read()).toBe('two')
  expect(asked).toEqual([{ SecretId: arn }, { SecretId: arn }])
})

test('a failed read is repeated by the next caller', async () => {
  const { read } = secretOf(new Error('throttled'), undefined, 'one')
  await expect(read()).rejects.toThrow('throttled')
  await expect(read()).rejects.toThrow('has no text')
  expect(await read()).toBe('one')
})
