import { apiEvent } from '#test/support/api-event.ts'
import { sourceAddressOf } from './source-address.ts'

const edgeServer = '192.0.2.1'

test.each<[string, Record<string, string>, string]>([
  ['without a key', { 'x-forwarded-for': `203.0.113.7, ${edgeServer}` }, edgeServer],
  ['with a wrong key', { 'x-distribution-key': 'guess', 'x-forwarded-for': `203.0.113.7, ${edgeServer}` }, edgeServer],
  [
    'of the distribution',
    { 'x-distribution-key': 'key', 'x-forwarded-for': `203.0.113.7, ${edgeServer}` },
    '203.0.113.7',
  ],
  [
    'of the distribution, with an invented start of the list',
    { 'x-distribution-key': 'key', 'x-forwarded-for': `198.51.100.1, 203.0.113.7, ${edgeServer}` },
    '203.0.113.7',
  ],
  [
    'of the distribution, whose own server the gateway did not append',
    { 'x-distribution-key': 'key', 'x-forwarded-for': '2001:db8::1' },
    '2001:db8::1',
  ],
  ['of the distribution, without a list', { 'x-distribution-key': 'key' }, edgeServer],
])('a request %s', (_, headers, address) => {
  expect(sourceAddressOf(apiEvent({ headers }), 'key')).toBe(address)
})

test('a function that knows no key believes no list', () => {
  const headers = { 'x-distribution-key': '', 'x-forwarded-for': `203.0.113.7, ${edgeServer}` }
  expect(sourceAddressOf(apiEvent({ headers }), '')).toBe(edgeServer)
})
