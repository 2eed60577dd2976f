import * as z from 'zod'
import { publicMediaUrl } from '#shared/media-url.ts'
import { Product, ProductImage } from './domain/product.ts'

/** A product as the API shows it: its pictures by their addresses, which follow from where the media are served. */
export const ProductView = Product.extend({
  images: z.array(ProductImage.omit({ uploadId: true, key: true }).extend({ url: z.string() })),
})

export const viewProduct = (product: Product, mediaUrl: string): z.infer<typeof ProductView> => ({
  ...product,
  images: product.images.map(({ key, width, height, contentType }) => ({
    url: publicMediaUrl(mediaUrl, key),
    width,
    height,
    contentType,
  })),
})
