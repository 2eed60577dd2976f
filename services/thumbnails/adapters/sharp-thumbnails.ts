import sharp, { type Metadata, type Sharp } from 'sharp'
import { failed, ok } from '#shared/result.ts'
import { pictureType } from '../domain/picture-type.ts'
import { exceedsPixelLimit, maxPixels } from '../domain/pixel-limit.ts'
import { squareEdge, squareQuality, wideSizes, workingSize, type Size } from '../domain/thumbnail.ts'
import type { MadePicture, ThumbnailMaker } from '../ports.ts'
import { flipped, turnUpright } from './orientation.ts'

// Whatever a file claims to be, no other decoder can be reached.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] })
// Each picture comes once, and one at a time: a cache would only hold memory, and more threads would only multiply it.
sharp.cache(false)
sharp.concurrency(1)

/** Warnings are let through: a picture that every browser shows is not broken. */
const strictness = { failOn: 'error' } as const

/** Makes thumbnails with one decode: to the smallest size that serves all of them, which the others are derived from. */
export const sharpThumbnails: ThumbnailMaker = {
  async make(bytes) {
    if (pictureType(bytes) === undefined) return failed(bytes.length === 0 ? 'corrupt' : 'unsupported-type')
    const metadata = await attempt(() => sharp(bytes, { ...strictness, limitInputPixels: false }).metadata())
    if (!metadata) return failed('corrupt')
    if (exceedsPixelLimit({ ...metadata, isProgressive: metadata.isProgressive ?? false })) {
      return failed('too-many-pixels')
    }
    const working = await attempt(() => decode(bytes, metadata))
    if (!working) return failed('corrupt')
    const original = upright(metadata)
    return ok({ original, pictures: [await square(working), ...(await wide(working, original))] })
  },
}

/** The pixels that all thumbnails are made of: upright, sRGB, 8 bits, with alpha if the original has it. */
interface Pixels extends Size {
  readonly data: Buffer
  readonly channels: 3 | 4
}

/** Only the decoding of foreign bytes may fail here; what is derived from sound pixels must succeed. */
async function attempt<T>(decoding: () => Promise<T>): Promise<T | undefined> {
  try {
    return await decoding()
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}

/**
 * The picture is made small first and turned upright then: a turn needs all pixels at once, and the small ones are few.
 */
async function decode(bytes: Uint8Array, metadata: Metadata): Promise<Pixels> {
  const size = workingSize(upright(metadata))
  const image = sharp(bytes, { ...strictness, limitInputPixels: maxPixels })
    .resize({ ...(isTurned(metadata) ? flipped(size) : size), fit: 'fill' })
    .toColourspace('srgb')
  // 16 bits become 8 before they are made small, which halves time and memory; other pictures it would only slow down.
  const small = await pixelsOf(metadata.depth === 'ushort' ? image.pipelineColourspace('srgb') : image)
  return metadata.orientation === undefined || metadata.orientation === 1
    ? small
    : pixelsOf(turnUpright(fromPixels(small), metadata.orientation))
}

async function pixelsOf(image: Sharp): Promise<Pixels> {
  const { data, info } = await image.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true })
  if (info.channels !== 3 && info.channels !== 4)
    throw new Error(`An sRGB picture came with ${info.channels} channels.`)
  return { data, width: info.width, height: info.height, channels: info.channels }
}

const fromPixels = ({ data, width, height, channels }: Pixels): Sharp =>
  sharp(data, { raw: { width, height, channels } })

async function square(pixels: Pixels): Promise<MadePicture> {
  const bytes = await fromPixels(pixels)
    .resize({ width: squareEdge, height: squareEdge, fit: 'cover' })
    .flatten({ background: 'white' })
    .jpeg({ quality: squareQuality })
    .toBuffer()
  return { bytes, width: squareEdge, height: squareEdge, contentType: 'image/jpeg' }
}

async function wide(pixels: Pixels, original: Size): Promise<MadePicture[]> {
  const pictures: MadePicture[] = []
  for (const size of wideSizes(original)) {
    const bytes = await fromPixels(pixels)
      .resize({ ...size, fit: 'fill' })
      .webp({ quality: 80, effort: 2 })
      .toBuffer()
    pictures.push({ ...size, bytes, contentType: 'image/webp' })
  }
  return pictures
}

const isTurned = ({ orientation = 1 }: Metadata): boolean => orientation >= 5

const upright = (metadata: Metadata): Size => {
  const { width, height } = metadata
  return isTurned(metadata) ? flipped({ width, height }) : { width, height }
}
