import { responseOf } from './gateway.ts'

test('a result without statusCode is the JSON body of a 200', () => {
  for (const payload of [{ title: 'Emma' }, 'Emma', ['Emma'], 7, null]) {
    expect(responseOf(payload)).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    })
  }
  expect(responseOf(undefined)).toMatchObject({ status: 200, body: 'null' })
})

test('a base64 body is decoded', () => {
  const response = responseOf({
    statusCode: 200,
    body: Buffer.from([0, 255, 1]).toString('base64'),
    isBase64Encoded: true,
  })
  expect(response.body).toEqual(Buffer.from([0, 255, 1]))
})

test('connection headers are removed', () => {
  const { headers } = responseOf({
    statusCode: 200,
    headers: { Connection: 'close', 'Content-Length': '99', 'X-Own': 'yes' },
  })
  expect(headers).toEqual({ 'content-type': 'text/plain;charset=UTF-8', 'x-own': 'yes' })
})

test.each([
  { statusCode: 'fine' },
  { statusCode: 99 },
  { statusCode: 200, body: { title: 'Emma' } },
  { statusCode: 200, headers: { a: ['b'] } },
  { statusCode: 200, headers: 'a: b' },
  { statusCode: 200, cookies: 'a=1' },
])('the malformed result %j is a 500', (payload) => {
  const response = expect.objectContaining({ status: 500, reason: expect.any(String) })
  expect(() => responseOf(payload)).toThrow(expect.objectContaining({ response }))
})
