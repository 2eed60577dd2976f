import type { UploadType } from './upload.ts'

const jpeg = [0xff, 0xd8, 0xff]
const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const riff = [0x52, 0x49, 0x46, 0x46]
const webp = [0x57, 0x45, 0x42, 0x50]

/** What a file is by its first bytes, whatever its name and declared type say; undefined for what is not taken. */
export function pictureType(bytes: Uint8Array): UploadType | undefined {
  if (hasAt(bytes, 0, jpeg)) return 'image/jpeg'
  if (hasAt(bytes, 0, png)) return 'image/png'
  if (hasAt(bytes, 0, riff) && hasAt(bytes, 8, webp)) return 'image/webp'
  return undefined
}

const hasAt = (bytes: Uint8Array, offset: number, wanted: readonly number[]): boolean =>
  wanted.every((byte, index) => bytes[offset + index] === byte)
