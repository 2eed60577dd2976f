import { checkImage, isRejection } from './image-upload.ts'

test.each([
  [{ type: 'image/png', size: 1 }, 'image/png', false],
  [{ type: 'image/webp', size: 15 * 1024 * 1024 }, 'image/webp', false],
  [{ type: 'image/png', size: 15 * 1024 * 1024 + 1 }, 'too-many-bytes', true],
  [{ type: 'image/gif', size: 1 }, 'unsupported-type', true],
  [{ type: '', size: 1 }, 'unsupported-type', true],
  [{ type: 'image/jpeg', size: 0 }, 'corrupt', true],
])('%j is %s before it is sent', (file, outcome, isRejected) => {
  expect(checkImage(file)).toBe(outcome)
  expect(isRejection(checkImage(file))).toBe(isRejected)
})
