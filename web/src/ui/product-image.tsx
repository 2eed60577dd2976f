import type { ProductImage as Image } from '../api/types.ts'
import { sizesOfFirst } from './first-image.ts'
import { Icon } from './icon.tsx'

/**
 * A product's first image in the size that its place needs, of the three that were made at upload. Its place is reserved
 * before it arrives.
 * @param props.images all of the product, each in several widths
 * @param props.sizes how wide it is shown, as for `<img sizes>`
 */
export function ProductImage({
  images,
  alt,
  sizes,
  isPriority = false,
}: {
  readonly images: readonly Image[]
  readonly alt: string
  readonly sizes: string
  /** For the largest image of the first screen: loaded at once. */
  readonly isPriority?: boolean
}) {
  const byWidth = sizesOfFirst(images).toSorted((a, b) => a.width - b.width)
  const largest = byWidth.at(-1)
  if (!largest) {
    return (
      <span className="product-image product-image-missing">
        <Icon name="picture" />
      </span>
    )
  }
  return (
    <img
      className="product-image"
      src={largest.url}
      srcSet={byWidth.map(({ url, width }) => `${url} ${width}w`).join(', ')}
      sizes={sizes}
      width={largest.width}
      height={largest.height}
      alt={alt}
      loading={isPriority ? 'eager' : 'lazy'}
      fetchPriority={isPriority ? 'high' : 'auto'}
      decoding="async"
    />
  )
}
