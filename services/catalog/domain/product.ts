import * as z from 'zod'
import { Money, Price } from '#shared/money.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { multiLine, singleLine, Sku } from '#shared/text.ts'
import { Availability } from '../events.ts'

/** A list of the whole catalog merges one index partition per category. */
export const categories = ['kitchen', 'coffee', 'home', 'stationery', 'bags', 'outdoor'] as const
export type Category = (typeof categories)[number]

export const isCategory = (name: string): name is Category => (categories as readonly string[]).includes(name)

/** The fields that staff set. */
export const ProductDetails = z.strictObject({
  sku: Sku,
  name: singleLine(120),
  description: multiLine(2000),
  category: z.enum(categories),
  tags: z.array(singleLine(30)).max(20),
  price: Price,
})
export type ProductDetails = z.infer<typeof ProductDetails>

export const ProductStatus = z.enum(['active', 'archived'])
export type ProductStatus = z.infer<typeof ProductStatus>

/** The SKU identifies the product and cannot change. */
export const ProductChange = ProductDetails.omit({ sku: true }).extend({ status: ProductStatus }).partial()
export type ProductChange = z.infer<typeof ProductChange>

/** One size of an image, by its key in the media bucket. All sizes of an image have the same uploadId. */
export const ProductImage = z.object({
  uploadId: z.string(),
  key: z.string(),
  width: z.int().min(1),
  height: z.int().min(1),
  contentType: z.string(),
})
export type ProductImage = z.infer<typeof ProductImage>

/** A product has one SKU. Its version counts the changes, starting at 1. */
export const Product = z.object({
  productId: z.string(),
  sku: Sku,
  // What is stored was validated when it was sent: a rule that becomes stricter must not make a list unreadable.
  name: z.string(),
  description: z.string(),
  category: z.enum(categories),
  tags: z.array(z.string()),
  price: Money,
  status: ProductStatus,
  version: z.int().min(1),
  /** Ordered by upload id, which sorts by the time of the upload. */
  images: z.array(ProductImage),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type Product = z.infer<typeof Product>

/**
 * A product with the availability that is stored beside it and does not belong to its version: absent for a product that
 * was created without inventory, or before its availability was stored, until its stock changes.
 */
export const OfferedProduct = Product.extend({ availability: Availability.optional() })
export type OfferedProduct = z.infer<typeof OfferedProduct>

/** A product's id is its SKU in lower case, so that either can be derived from the other. */
export const productIdOf = (sku: string): string => sku.toLowerCase()

/** @returns undefined for a string that is not a product id */
export function skuOf(productId: string): string | undefined {
  const sku = productId.toUpperCase()
  return productId === sku.toLowerCase() && Sku.safeParse(sku).success ? sku : undefined
}

export const newProduct = (details: ProductDetails, time: Date): Product => ({
  productId: productIdOf(details.sku),
  ...details,
  tags: unique(details.tags),
  status: 'active',
  version: 1,
  images: [],
  createdAt: time.toISOString(),
  updatedAt: time.toISOString(),
})

/** The next version of a product. */
export function changeProduct(
  product: OfferedProduct,
  change: ProductChange & { images?: ProductImage[] },
  time: Date,
): Result<OfferedProduct, 'nothing-changed'> {
  const changed: OfferedProduct = { ...product, ...change, ...(change.tags ? { tags: unique(change.tags) } : {}) }
  if (JSON.stringify(changed) === JSON.stringify(product)) return failed('nothing-changed')
  return ok({ ...changed, version: product.version + 1, updatedAt: time.toISOString() })
}

/** Adds an image in its sizes. The order does not depend on the order in which ThumbnailsReady events arrive. */
export function addImage(
  product: OfferedProduct,
  image: { uploadId: string; sizes: readonly Omit<ProductImage, 'uploadId'>[] },
  time: Date,
): Result<OfferedProduct, 'nothing-changed'> {
  const { uploadId } = image
  const others = product.images.filter((other) => other.uploadId !== uploadId)
  if (others.length < product.images.length) return failed('nothing-changed')
  const added = image.sizes.map((size) => ({ uploadId, ...size }))
  const images = [...others, ...added].toSorted((a, b) => compare(a.uploadId, b.uploadId))
  return changeProduct(product, { images }, time)
}

/**
 * Whether every word of a search text occurs in name, description or tags, ignoring case, accents and the Unicode form of
 * a letter.
 */
export function matches(product: Pick<Product, 'name' | 'description' | 'tags'>, text: string): boolean {
  const searched = folded([product.name, product.description, ...product.tags].join('\n'))
  const words = folded(text).split(/\s+/).filter(Boolean)
  return words.length > 0 && words.every((word) => searched.includes(word))
}

/** Canonically equivalent texts become equal. The upper case of the lower case also joins ß with SS and σ with ς. */
const folded = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().toUpperCase()

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const unique = (tags: readonly string[]): string[] => [...new Set(tags)]
