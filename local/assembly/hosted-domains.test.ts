import { HostedDomains } from './hosted-domains.ts'

const domains = new HostedDomains()
domains.add({ 'd1.cdn.example': 'http://127.0.0.1:4566/cdn/E1' })

test.each([
  ['https://d1.cdn.example', 'http://127.0.0.1:4566'],
  ["default-src https://d1.cdn.example; img-src 'self'", "default-src http://127.0.0.1:4566; img-src 'self'"],
  ['https://d1.cdn.example/', 'http://127.0.0.1:4566/cdn/E1/'],
  ['https://d1.cdn.example/cakes/plum.webp?x=1', 'http://127.0.0.1:4566/cdn/E1/cakes/plum.webp?x=1'],
  ['["https://d1.cdn.example","https://other.example"]', '["http://127.0.0.1:4566","https://other.example"]'],
])('%s is replaced by the local URL', (text, localUrl) => {
  expect(domains.localize(text)).toBe(localUrl)
})

test.each([
  'd1.cdn.example',
  'http://d1.cdn.example',
  'https://d1.cdn.example.org/',
  'https://an.d1.cdn.example',
  'https://d1.cdn.example:8443/',
  'https://d1.cdn.example@evil.example/',
])('%s is unchanged', (text) => {
  expect(domains.localize(text)).toBe(text)
})

test('nested strings are replaced, and other values are unchanged', () => {
  const value = { Environment: { Variables: { URL: 'https://d1.cdn.example/a' } }, Size: 3, List: [true, null] }
  expect(domains.localize(value)).toEqual({
    Environment: { Variables: { URL: 'http://127.0.0.1:4566/cdn/E1/a' } },
    Size: 3,
    List: [true, null],
  })
})
