import { parsePolicy } from './post-policy.ts'

test.each([
  ['invalid JSON', '{', 'Invalid JSON'],
  ['no object', '[]', 'Invalid JSON'],
  ['no expiration', { conditions: [] }, 'Policy missing expiration.'],
  ['an invalid expiration', { expiration: 'soon', conditions: [] }, `Invalid 'expiration' value: 'soon'`],
  ['no conditions', { expiration: '2100-01-01T00:00:00Z' }, 'Policy missing conditions.'],
  ...[
    ['like', '$key', 'a'],
    ['eq', 'key', 'a'],
    ['eq', '$key'],
    ['content-length-range', 'a', 5],
    { key: 1 },
    'key',
  ].map((condition): [string, object, string] => [
    JSON.stringify(condition),
    { expiration: '2100-01-01T00:00:00Z', conditions: [condition] },
    'Invalid Condition',
  ]),
])('a policy with %s is rejected', (_, policy, message) => {
  const text = typeof policy === 'string' ? policy : JSON.stringify(policy)
  expect(() => parsePolicy(Buffer.from(text).toString('base64'))).toThrow(
    expect.objectContaining({ name: 'InvalidPolicyDocument', message: expect.stringContaining(message) }),
  )
})
