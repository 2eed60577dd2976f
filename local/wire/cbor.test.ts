import { decodeCbor, encodeCbor } from './cbor.ts'

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex')

// Examples of RFC 8949, appendix A.
test.each<[unknown, string]>([
  [0, '00'],
  [23, '17'],
  [24, '1818'],
  [1000, '1903e8'],
  [1_000_000, '1a000f4240'],
  [1_000_000_000_000, '1b000000e8d4a51000'],
  [-1, '20'],
  [-1000, '3903e7'],
  [1.1, 'fb3ff199999999999a'],
  [false, 'f4'],
  [true, 'f5'],
  [null, 'f6'],
  ['', '60'],
  ['ü', '62c3bc'],
  [[1, [2, 3]], '8201820203'],
  [{ a: 1, b: [2, 3] }, 'a26161016162820203'],
])('%j is encoded as %s and decoded from it', (value, hex) => {
  expect(encodeCbor(value).toString('hex')).toBe(hex)
  expect(decodeCbor(bytes(hex))).toEqual(value)
})

test.each<[string, unknown]>([
  ['c11a514b67b0', 1_363_896_240],
  ['c1fb41d452d9ec200000', 1_363_896_240.5],
  ['f93c00', 1],
  ['f9c400', -4],
  ['f90001', 5.960464477539063e-8],
  ['f97c00', Infinity],
  ['fa47c35000', 100_000],
  ['9f018202039fff ff'.replaceAll(' ', ''), [1, [2, 3], []]],
  ['bf61610161629f0203ffff', { a: 1, b: [2, 3] }],
  ['7f657374726561646d696e67ff', 'streaming'],
])('%s is decoded as %j', (hex, value) => {
  expect(decodeCbor(bytes(hex))).toEqual(value)
})

test('a Date is encoded as an epoch time, and undefined members are omitted', () => {
  expect(encodeCbor({ at: new Date(1_363_896_240_000), no: undefined }).toString('hex')).toBe('a1626174c11a514b67b0')
})

test.each(['', '18', '6161 61'.slice(0, 2), '9a7fffffff', '82 01', 'bf6161', '1c', 'f8ff'])(
  'malformed input %j is rejected',
  (hex) => {
    expect(() => decodeCbor(bytes(hex))).toThrow(RangeError)
  },
)
