import type { ProductImage } from '../api/types.ts'

/** The sizes of the first image: the sizes of an image follow each other, the smallest first. */
export function sizesOfFirst(images: readonly ProductImage[]): readonly ProductImage[] {
  const second = images.findIndex(({ width }, index) => index > 0 && width < images[index - 1]!.width)
  return second === -1 ? images : images.slice(0, second)
}
