import * as z from 'zod'

/** A picture in the media bucket. */
export const Thumbnail = z.object({
  key: z.string().min(1),
  width: z.int().min(1),
  height: z.int().min(1),
  contentType: z.enum(['image/jpeg', 'image/webp']),
})
export type Thumbnail = z.infer<typeof Thumbnail>

/** A square that each upload has, whatever its shape: a list can rely on its size. */
export const squareEdge = 150
export const squareQuality = 85

/** Wide ones keep the picture's shape and are never wider than the picture. */
export const wideWidths = [400, 800] as const

/** The format of the wide ones cannot be higher or wider than this. */
export const maxWebpEdge = 16_383

export interface Size {
  readonly width: number
  readonly height: number
}

/**
 * The sizes of the wide thumbnails of an upright picture. One that is narrower than a wanted width is made at its own
 * width, and once, if that is so of both widths. A picture so high that its thumbnail would leave WebP's bounds is made
 * narrower, with its shape kept.
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

/** The smallest size that every thumbnail of a picture can be made from without a loss: what the one decode makes. */
export function workingSize(picture: Size): Size {
  const widest = wideSizes(picture).at(-1)!
  const shorter = Math.min(picture.width, picture.height)
  const scale = Math.max(widest.width / picture.width, Math.min(1, squareEdge / shorter))
  return { width: atLeastOne(picture.width * scale), height: atLeastOne(picture.height * scale) }
}

const atLeastOne = (pixels: number): number => Math.max(1, Math.round(pixels))
