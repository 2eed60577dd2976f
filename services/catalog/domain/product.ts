import * as z from 'zod'
import { Money } from '#shared/money.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { Sku } from '#shared/text.ts'
import { categories } from './category.ts'
import { productIdOf } from './sku.ts'

/** What staff decide about a product. */
export const ProductDetails = z.strictObject({
  sku: Sku,
  name: z.string().trim().min(1).max(120),
  description: z.string().trim().min(1).max(2000),
  category: z.enum(categories),
  tags: z.array(z.string().trim().toLowerCase().min(1).max(30)).max(20),
  price: Money.refine((price) => price.amount > 0, { path: ['amount'], message: 'A price is more than nothing.' }),
})
export type ProductDetails = z.infer<typeof ProductDetails>

export const ProductStatus = z.enum(['active', 'archived'])
export type ProductStatus = z.infer<typeof ProductStatus>

/** What may be changed later; the SKU is the product's identity and stays. */
export const ProductChange = ProductDetails.omit({ sku: true }).extend({ status: ProductStatus }).partial()
export type ProductChange = z.infer<typeof ProductChange>

/** A picture in one of its sizes, by its key in the media bucket; sizes of one picture share its upload. */
export const ProductImage = z.object({
  uploadId: z.string(),
  key: z.string(),
  width: z.int().min(1),
  height: z.int().min(1),
  contentType: z.string(),
})
export type ProductImage = z.infer<typeof ProductImage>

/** A product of one SKU. Its version counts the changes, beginning at 1. */
export const Product = z.object({
  productId: z.string(),
  ...ProductDetails.shape,
  status: ProductStatus,
  version: z.int().min(1),
  /** In the order in which their uploads began. */
  images: z.array(ProductImage),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type Product = z.infer<typeof Product>

export const createProduct = (details: ProductDetails, now: Date): Product => ({
  productId: productIdOf(details.sku),
  ...details,
  tags: unique(details.tags),
  status: 'active',
  version: 1,
  images: [],
  createdAt: now.toISOString(),
  updatedAt: now.toISOString(),
})

/** The next version of a product, unless the change would leave it as it is. */
export function changeProduct(
  product: Product,
  change: ProductChange & { images?: ProductImage[] },
  now: Date,
): Result<Product, 'nothing-changed'> {
  const changed: Product = { ...product, ...change, ...(change.tags ? { tags: unique(change.tags) } : {}) }
  if (JSON.stringify(changed) === JSON.stringify(product)) return failed('nothing-changed')
  return ok({ ...changed, version: product.version + 1, updatedAt: now.toISOString() })
}

/**
 * The product with one picture more. Pictures are ordered by their uploads, whose ids sort by time, so that they stand
 * alike in whatever order the news of them comes; a picture that is there already changes nothing.
 */
export function addPicture(
  product: Product,
  picture: { uploadId: string; images: readonly Omit<ProductImage, 'uploadId'>[] },
  now: Date,
): Result<Product, 'nothing-changed'> {
  const { uploadId } = picture
  const others = product.images.filter((image) => image.uploadId !== uploadId)
  if (others.length < product.images.length) return failed('nothing-changed')
  const added = picture.images.map((image) => ({ uploadId, ...image }))
  const images = [...others, ...added].toSorted((a, b) => compare(a.uploadId, b.uploadId))
  return changeProduct(product, { images }, now)
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const unique = (tags: readonly string[]): string[] => [...new Set(tags)]
