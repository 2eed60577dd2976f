import { sizesOfFirst } from './first-image.ts'

test.each([
  ['no image', [], []],
  ['one image', [150, 400, 800], [150, 400, 800]],
  ['a small image', [150, 150], [150, 150]],
  ['several images', [150, 400, 150, 400, 800], [150, 400]],
])('of %s, the sizes of the first are shown', (_, widths, expected) => {
  const images = widths.map((width, index) => ({ width, height: width, contentType: 'image/webp', url: `${index}` }))
  expect(sizesOfFirst(images).map(({ width }) => width)).toEqual(expected)
})
