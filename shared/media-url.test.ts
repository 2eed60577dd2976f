import { isPublicMedia, publicMediaUrl } from './media-url.ts'

test.each([
  [
    'https://shop.example.com/media',
    'public/media/products/MUG-1/ab-150.jpg',
    'https://shop.example.com/media/products/MUG-1/ab-150.jpg',
  ],
  ['http://127.0.0.1:3000/media/', 'public/media/a.webp', 'http://127.0.0.1:3000/media/a.webp'],
  ['https://media.example.com', 'public/media/a b/ü?.jpg', 'https://media.example.com/a%20b/%C3%BC%3F.jpg'],
])('with the base URL %s, %s has the URL %s', (mediaUrl, key, url) => {
  expect(publicMediaUrl(mediaUrl, key)).toBe(url)
})

test.each(['private/avatars/u-1/ab-150.jpg', 'public/index.html'])('%s has no public URL', (key) => {
  expect(isPublicMedia(key)).toBe(false)
  expect(() => publicMediaUrl('https://media.example.com', key)).toThrow('not public')
})
