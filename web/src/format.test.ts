import { formatCount, plural, signed } from './format.ts'

test('counts have separators, as amounts do', () => {
  expect([formatCount(999), formatCount(1_000_000), formatCount(-1_000)]).toEqual(['999', '1,000,000', '−1,000'])
  expect([plural(1, 'piece'), plural(0, 'piece'), plural(1_000, 'piece')]).toEqual([
    '1 piece',
    '0 pieces',
    '1,000 pieces',
  ])
})

test('changes have a sign', () => {
  expect([signed(2), signed(-2), signed(0), signed(1_000)]).toEqual(['+2', '−2', '', '+1,000'])
})
