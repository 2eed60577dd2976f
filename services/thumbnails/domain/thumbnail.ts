import * as z from 'zod'

/** An image in the media bucket. */
export const Thumbnail = z.object({
  key: z.string().min(1),
  width: z.int().min(1),
  height: z.int().min(1),
  contentType: z.enum(['image/jpeg', 'image/webp']),
})
export type Thumbnail = z.infer<typeof Thumbnail>

/** Every upload has a square thumbnail of this size, regardless of its aspect ratio. */
export const squareEdge = 150
export const squareQuality = 85

/** Wide thumbnails keep the aspect ratio and are never wider than the image. */
const wideWidths = [400, 800] as const

/** The limit of WebP for either edge. */
const maxWebpEdge = 16_383

export interface Size {
  readonly width: number
  readonly height: number
}

/**
 * The sizes of the wide thumbnails of an upright image, without duplicates. An image narrower than a width gets its own
 * width instead. An image so high that its thumbnail would exceed WebP's limit gets a narrower one.
 */
export function wideSizes({ width, height }: Size): Size[] {
  const sizes = wideWidths.map((wanted) => {
    const scale = Math.min(1, wanted / width, maxWebpEdge / height)
    return { width: atLeastOne(width * scale), height: atLeastOne(height * scale) }
  })
  return sizes.filter(
    (size, index) => index === sizes.findIndex((other) => other.width === size.width && other.height === size.height),
  )
}

/** The smallest size from which every thumbnail can be created without loss: the size of the decode. */
export function workingSize(image: Size): Size {
  const widest = wideSizes(image).at(-1)!
  const shorter = Math.min(image.width, image.height)
  const scale = Math.max(widest.width / image.width, Math.min(1, squareEdge / shorter))
  return { width: atLeastOne(image.width * scale), height: atLeastOne(image.height * scale) }
}

const atLeastOne = (pixels: number): number => Math.max(1, Math.round(pixels))
