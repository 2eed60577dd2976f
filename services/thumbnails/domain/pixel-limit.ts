/** What a camera makes passes; what would cost more memory or time than a function has does not. */
export const maxPixels = 50_000_000

/** A progressive or interlaced picture is decoded as a whole and not line by line, so it needs far more memory. */
export const maxProgressivePixels = 16_000_000

/** Making a picture small holds many of its lines at once, so one of very long lines costs as much as one of too many. */
export const maxEdge = 20_000

export function exceedsPixelLimit(picture: { width: number; height: number; isProgressive: boolean }): boolean {
  if (Math.max(picture.width, picture.height) > maxEdge) return true
  return picture.width * picture.height > (picture.isProgressive ? maxProgressivePixels : maxPixels)
}
