import { IssuersJson } from './issuers.ts'

const issuer = { issuer: 'https://issuer.example.com', clientIds: ['shop'], groupsClaim: 'groups' }

test('issuers are read from JSON', () => {
  expect(IssuersJson.parse(JSON.stringify([issuer]))).toEqual([issuer])
})

test.each<[string, string]>([
  ['text', 'https://issuer.example.com'],
  ['no issuer', '[]'],
  ['an issuer that is no URL', JSON.stringify([{ ...issuer, issuer: 'issuer' }])],
  ['no client', JSON.stringify([{ ...issuer, clientIds: [] }])],
  ['no claim for groups', JSON.stringify([{ ...issuer, groupsClaim: undefined }])],
  ['a member that is not known', JSON.stringify([{ ...issuer, audience: 'x' }])],
])('%s stops the function', (_, text) => {
  expect(IssuersJson.safeParse(text).success).toBe(false)
})
