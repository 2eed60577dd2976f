import * as z from 'zod'
import { readEnv } from '#shared/lambda/env.ts'
import { publicMediaUrl } from '#shared/media-url.ts'
import type { OfferedProduct } from '../domain/product.ts'
import { ProductView } from '../routes.ts'

export interface ViewOptions {
  readonly mediaUrl: string
  /** Whether inventory is installed; without it every product can be ordered. */
  readonly isStockCounted: boolean
}

export function viewFromEnv(): ViewOptions {
  const env = readEnv(z.object({ MEDIA_URL: z.url(), IS_STOCK_COUNTED: z.enum(['true', 'false']) }))
  return { mediaUrl: env.MEDIA_URL, isStockCounted: env.IS_STOCK_COUNTED === 'true' }
}

/** Image URLs are created on reading, since they depend on the media domain. */
export const viewProduct = (
  product: OfferedProduct,
  { mediaUrl, isStockCounted }: ViewOptions,
): z.infer<typeof ProductView> =>
  ProductView.parse({
    ...product,
    availability: (isStockCounted && product.availability) || 'in-stock',
    images: product.images.map((image) => ({ ...image, url: publicMediaUrl(mediaUrl, image.key) })),
  })
