import { moved, previewsOf } from './image-order.ts'

test('an image has one preview, its smallest size, also if it is smaller than the square', () => {
  const sizes = (uploadId: string, ...widths: number[]) =>
    widths.map((width) => ({ uploadId, width, height: 9, contentType: 'image/webp', url: `${uploadId}-${width}` }))
  const images = [...sizes('a', 150, 100), ...sizes('b', 150, 400, 800), ...sizes('c', 150)]
  expect(previewsOf({ images }).map(({ url }) => url)).toEqual(['a-150', 'b-150', 'c-150'])
})

test.each([
  ['b', -1, 'bac'],
  ['b', 1, 'acb'],
  ['a', 1, 'bac'],
  ['c', -1, 'acb'],
])('%s moved by %i is %s', (id, places, expected) => {
  expect(moved(['a', 'b', 'c'], id, places).join('')).toBe(expected)
})
