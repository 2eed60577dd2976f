import sharp, { type Metadata, type Sharp } from 'sharp'
import { failed, ok, type Result } from '#shared/result.ts'
import { jpegStructure } from '../domain/jpeg.ts'
import { exceedsPixelLimit, imageType, maxPixels } from '../domain/image-file.ts'
import { squareEdge, squareQuality, wideSizes, workingSize, type Size } from '../domain/thumbnail.ts'
import type { MadeImage, ThumbnailMaker } from '../ports.ts'

// No other decoder is available, regardless of the declared type.
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] })
// Images are decoded once and sequentially: a cache would only use memory, and threads would multiply it.
sharp.cache(false)
sharp.concurrency(1)

interface Source {
  readonly bytes: Uint8Array
  /** `error` ignores warnings: an image that browsers can display is not corrupt. */
  readonly failOn: 'error' | 'warning'
}

/** Creates all thumbnails from one decode, at the smallest size that is sufficient for all of them. */
export const sharpThumbnails: ThumbnailMaker = {
  async make(bytes) {
    const type = imageType(bytes)
    if (type === undefined) return failed(bytes.length === 0 ? 'corrupt' : 'unsupported-type')
    const { scans, hasEnd } = type === 'image/jpeg' ? jpegStructure(bytes) : { scans: 1, hasEnd: true }
    const source = hasEnd ? ({ bytes, failOn: 'error' } as const) : withEnd(bytes)
    const metadata = await attempt(() => open(source, false).metadata())
    if (!metadata.ok) return metadata
    if (exceedsPixelLimit({ ...metadata.value, isProgressive: metadata.value.isProgressive ?? false, scans })) {
      return failed('too-many-pixels')
    }
    const working = await attempt(() => decode(source, metadata.value))
    if (!working.ok) return working
    const original = upright(metadata.value)
    return ok({ original, images: [await square(working.value), ...(await wide(working.value, original))] })
  },
}

/** The pixels from which all thumbnails are created: upright, sRGB, 8 bits, with alpha if the original has it. */
interface Pixels extends Size {
  readonly data: Buffer
  readonly channels: 3 | 4
}

const open = ({ bytes, failOn }: Source, limitInputPixels: number | false): Sharp =>
  sharp(bytes, { failOn, limitInputPixels })

/**
 * A JPEG without its end marker is complete for every browser, and truncated for the decoder. With the marker appended, a
 * file whose data is actually truncated causes only a warning, which therefore rejects the file.
 */
const withEnd = (bytes: Uint8Array): Source => ({ bytes: Buffer.concat([bytes, endMarker]), failOn: 'warning' })
const endMarker = Buffer.from([0xff, 0xd9])

/** Decoding uploaded bytes may fail. Every step after decoding must succeed. */
async function attempt<T>(decoding: () => Promise<T>): Promise<Result<T, 'corrupt'>> {
  try {
    return ok(await decoding())
  } catch (error) {
    if (error instanceof Error) return failed('corrupt')
    throw error
  }
}

/**
 * Scales down before it rotates: a rotation requires all pixels in memory, of which few remain after scaling.
 */
async function decode(source: Source, metadata: Metadata): Promise<Pixels> {
  const size = workingSize(upright(metadata))
  const image = open(source, maxPixels)
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
