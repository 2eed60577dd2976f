import type { Sharp } from 'sharp'
import type { Size } from '../domain/thumbnail.ts'

/** By EXIF orientation: whether the picture is mirrored left to right first, and how far it is turned clockwise then. */
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

/** Makes a picture upright that was stored in an EXIF orientation; an orientation that does not exist turns nothing. */
export function turnUpright(image: Sharp, orientation: number): Sharp {
  const { mirror, degrees } = turns[orientation] ?? turns[1]!
  return image.flop(mirror).rotate(degrees)
}

export const flipped = ({ width, height }: Size): Size => ({ width: height, height: width })
