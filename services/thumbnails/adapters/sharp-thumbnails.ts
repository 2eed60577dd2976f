import sharp, { type Metadata, type Sharp } from 'sharp'
import { failed, ok } from '#shared/result.ts'
import { exceedsPixelLimit, imageType, maxPixels } from '../domain/image-file.ts'
import { squareEdge, squareQuality, wideSizes, workingSize, type Size } from '../domain/thumbnail.ts'
import type { MadeImage, ThumbnailMaker } from '../ports.ts'

// No other decoder can be reached, whatever the file claims to be.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] })
// Images are decoded once and one at a time: a cache would only hold memory, and threads would multiply it.
sharp.cache(false)
sharp.concurrency(1)

/** Warnings are ignored: an image that every browser shows is not corrupt. */
const strictness = { failOn: 'error' } as const

/** Makes all thumbnails from one decode, to the smallest size that serves all of them. */
export const sharpThumbnails: ThumbnailMaker = {
  async make(bytes) {
    if (imageType(bytes) === undefined) return failed(bytes.length === 0 ? 'corrupt' : 'unsupported-type')
    const metadata = await attempt(() => sharp(bytes, { ...strictness, limitInputPixels: false }).metadata())
    if (!metadata) return failed('corrupt')
    if (exceedsPixelLimit({ ...metadata, isProgressive: metadata.isProgressive ?? false })) {
      return failed('too-many-pixels')
    }
    const working = await attempt(() => decode(bytes, metadata))
    if (!working) return failed('corrupt')
    const original = upright(metadata)
    return ok({ original, images: [await square(working), ...(await wide(working, original))] })
  },
}

/** The pixels that all thumbnails are made from: upright, sRGB, 8 bits, with alpha if the original has it. */
interface Pixels extends Size {
  readonly data: Buffer
  readonly channels: 3 | 4
}

/** Decoding uploaded bytes may fail. Whatever is derived from decoded pixels must succeed. */
async function attempt<T>(decoding: () => Promise<T>): Promise<T | undefined> {
  try {
    return await decoding()
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}

/**
 * Scales down before it rotates: a rotation needs all pixels at once, and by then they are few.
 */
async function decode(bytes: Uint8Array, metadata: Metadata): Promise<Pixels> {
  const size = workingSize(upright(metadata))
  const image = sharp(bytes, { ...strictness, limitInputPixels: maxPixels })
    .resize({ ...(isTurned(metadata) ? flipped(size) : size), fit: 'fill' })
    .toColourspace('srgb')
  // Converting 16 bits to 8 before scaling halves time and memory; it would only slow down other images.
  const small = await pixelsOf(metadata.depth === 'ushort' ? image.pipelineColourspace('srgb') : image)
  return metadata.orientation === undefined || metadata.orientation === 1
    ? small
    : pixelsOf(turnUpright(fromPixels(small), metadata.orientation))
}

async function pixelsOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  if (info.channels !== 3 && info.channels !== 4) throw new Error(`An sRGB image has ${info.channels} channels.`)
  return { data, width: info.width, height: info.height, channels: info.channels }
}

const fromPixels = ({ data, width, height, channels }: Pixels): Sharp =>
  sharp(data, { raw: { width, height, channels } })

async function square(pixels: Pixels): Promise<MadeImage> {
  const bytes = await fromPixels(pixels)
    .resize({ width: squareEdge, height: squareEdge, fit: 'cover' })
    .flatten({ background: 'white' })
    .jpeg({ quality: squareQuality })
    .toBuffer()
  return { bytes, width: squareEdge, height: squareEdge, contentType: 'image/jpeg' }
}

async function wide(pixels: Pixels, original: Size): Promise<MadeImage[]> {
  const images: MadeImage[] = []
  for (const size of wideSizes(original)) {
    const bytes = await fromPixels(pixels)
      .resize({ ...size, fit: 'fill' })
      .webp({ quality: 80, effort: 2 })
      .toBuffer()
    images.push({ ...size, bytes, contentType: 'image/webp' })
  }
  return images
}

const isTurned = ({ orientation = 1 }: Metadata): boolean => orientation >= 5

const upright = (metadata: Metadata): Size => {
  const { width, height } = metadata
  return isTurned(metadata) ? flipped({ width, height }) : { width, height }
}

/** By EXIF orientation: whether the image is mirrored horizontally, and then rotated clockwise by how many degrees. */
const turns: Readonly<Record<number, { readonly mirror: boolean; readonly degrees: 0 | 90 | 180 | 270 }>> = {
  1: { mirror: false, degrees: 0 },
  2: { mirror: true, degrees: 0 },
  3: { mirror: false, degrees: 180 },
  4: { mirror: true, degrees: 180 },
  5: { mirror: true, degrees: 270 },
  6: { mirror: false, degrees: 90 },
  7: { mirror: true, degrees: 90 },
  8: { mirror: false, degrees: 270 },
}

/** Undoes an EXIF orientation; an undefined value counts as upright. */
function turnUpright(image: Sharp, orientation: number): Sharp {
  const { mirror, degrees } = turns[orientation] ?? turns[1]!
  return image.flop(mirror).rotate(degrees)
}

const flipped = ({ width, height }: Size): Size => ({ width: height, height: width })
