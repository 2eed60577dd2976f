import { filterOf } from './product-filter.ts'

test.each([
  ['', { sort: 'newest' }],
  ['q=+wool++blanket+&category=home&sort=-price', { q: 'wool  blanket', category: 'home', sort: '-price' }],
  ['q=%00%0A&category=&sort=toString', { sort: 'newest' }],
  [`q=${'a'.repeat(200)}&sort=__proto__`, { q: 'a'.repeat(100), sort: 'newest' }],
])('the address ?%s', (address, filter) => {
  expect(filterOf(new URLSearchParams(address))).toEqual(filter)
})
