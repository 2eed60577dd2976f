import type { StaffProduct } from '../../api/types.ts'

/** The smallest size of each image: the sizes of an image follow each other, the smallest first. */
export const previewsOf = ({ images }: Pick<StaffProduct, 'images'>): StaffProduct['images'] =>
  images.filter(({ uploadId }, index) => uploadId !== images[index - 1]?.uploadId)

/** The order with one image moved by some places. */
export const moved = (ids: readonly string[], id: string, places: number): string[] =>
  ids.filter((other) => other !== id).toSpliced(ids.indexOf(id) + places, 0, id)
