import * as z from 'zod'
import { readEnv } from '#shared/lambda/env.ts'
import { publicMediaUrl } from '#shared/media-url.ts'
import type { OfferedProduct } from '../domain/product.ts'
import { ProductView, StaffProductView } from '../routes.ts'

export interface ViewOptions {
  readonly mediaUrl: string
  /** Whether inventory is installed; without it every product can be ordered. */
  readonly isStockCounted: boolean
}

export function viewFromEnv(): ViewOptions {
  const env = readEnv(z.object({ MEDIA_URL: z.url(), IS_STOCK_COUNTED: z.enum(['true', 'false']) }))
  return { mediaUrl: env.MEDIA_URL, isStockCounted: env.IS_STOCK_COUNTED === 'true' }
}

export const viewProduct = (product: OfferedProduct, options: ViewOptions): z.infer<typeof ProductView> =>
  ProductView.parse(fieldsOf(product, options))

export const viewProductForStaff = (product: OfferedProduct, options: ViewOptions): z.infer<typeof StaffProductView> =>
  StaffProductView.parse(fieldsOf(product, options))

/** Image URLs are created on reading, since they depend on the media domain. */
const fieldsOf = (product: OfferedProduct, { mediaUrl, isStockCounted }: ViewOptions) => ({
  ...product,
  availability: (isStockCounted && product.availability) || 'in-stock',
  images: product.images.map((image) => ({ ...image, url: publicMediaUrl(mediaUrl, image.key) })),
})
