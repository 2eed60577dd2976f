import { isPublicMedia, publicMediaUrl } from './media-url.ts'

test.each([
  [
    'https://media.example.com',
    'public/products/MUG-1/ab-150.jpg',
    'https://media.example.com/products/MUG-1/ab-150.jpg',
  ],
  ['http://127.0.0.1:3000/media/', 'public/a.webp', 'http://127.0.0.1:3000/media/a.webp'],
  ['https://media.example.com', 'public/a b/ü?.jpg', 'https://media.example.com/a%20b/%C3%BC%3F.jpg'],
])('with the base URL %s, %s has the URL %s', (mediaUrl, key, url) => {
  expect(publicMediaUrl(mediaUrl, key)).toBe(url)
})

test('a private key has no public URL', () => {
  expect(isPublicMedia('private/avatars/u-1/ab-150.jpg')).toBe(false)
  expect(() => publicMediaUrl('https://media.example.com', 'private/a.jpg')).toThrow('not public')
})
