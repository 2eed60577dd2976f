import type { UploadType } from './upload.ts'

/** Accepts images of cameras, and limits the memory and time of a decode. */
export const maxPixels = 50_000_000

/** A progressive or interlaced image is decoded as a whole instead of line by line, which takes far more memory. */
const maxProgressivePixels = 16_000_000

/**
 * A scan of a progressive JPEG visits every block even when it changes none, so a file of 190 KB with 2,647 scans takes
 * 20 seconds. Encoders write about ten.
 */
const maxScans = 100

/** Scaling down holds many lines in memory at once, so that long lines cost as much as many pixels. */
const maxEdge = 20_000

/** Whether a decode visits too many pixels. `scans`: how often it visits each. */
export function exceedsPixelLimit(image: {
  width: number
  height: number
  isProgressive: boolean
  scans: number
}): boolean {
  if (Math.max(image.width, image.height) > maxEdge || image.scans > maxScans) return true
  return image.width * image.height > (image.isProgressive ? maxProgressivePixels : maxPixels)
}

const jpeg = [0xff, 0xd8, 0xff]
const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const riff = [0x52, 0x49, 0x46, 0x46]
const webp = [0x57, 0x45, 0x42, 0x50]

/** The type by the file's first bytes, independent of its name and declared type; undefined if it is not supported. */
export function imageType(bytes: Uint8Array): UploadType | undefined {
  if (hasAt(bytes, 0, jpeg)) return 'image/jpeg'
  if (hasAt(bytes, 0, png)) return 'image/png'
  if (hasAt(bytes, 0, riff) && hasAt(bytes, 8, webp)) return 'image/webp'
  return undefined
}

const hasAt = (bytes: Uint8Array, offset: number, signature: readonly number[]): boolean =>
  signature.every((byte, index) => bytes[offset + index] === byte)
