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
export const ProductChange = ProductDetails.omit({ sku: true })
  .extend({
    status: ProductStatus,
    images: z
      .array(z.string())
      .describe(
        'The upload ids of the images in the order in which they are shown; those that are left out are removed',
      ),
  })
  .partial()
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
  /** First those in the order of staff, then the others by upload id, which sorts by the time of the upload. */
  images: z.array(ProductImage),
  /** How many entries of `images` are in the order of staff. */
  orderedImages: z.int().min(0).optional(),
  /** The uploads of the images that were removed last, so that a repeated ThumbnailsReady does not add them again. */
  removedUploads: z.array(z.string()).optional(),
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

/** The next version of a product. The upload ids of `change.images` are valid, by `invalidImages`. */
export function changeProduct(
  product: OfferedProduct,
  { images, ...details }: ProductChange,
  time: Date,
): Result<OfferedProduct, 'nothing-changed'> {
  const changed: OfferedProduct = {
    ...product,
    ...details,
    ...(details.tags ? { tags: unique(details.tags) } : {}),
    ...(images ? arrangedImages(product, images) : {}),
  }
  return JSON.stringify(changed) === JSON.stringify(product) ? failed('nothing-changed') : ok(next(changed, time))
}

/** @returns the positions of upload ids that are no image of the product, or repeat an earlier one */
export function invalidImages({ images }: Product, uploadIds: readonly string[]): number[] {
  const left = new Set(images.map(({ uploadId }) => uploadId))
  return uploadIds.flatMap((uploadId, index) => (left.delete(uploadId) ? [] : [index]))
}

/** Enough for the duplicates of two weeks, the longest that a queue keeps an event; few, as they are part of the item. */
export const maxRemovedUploads = 50

function arrangedImages(product: Product, uploadIds: readonly string[]): Partial<Product> {
  const images = uploadIds.flatMap((uploadId) => product.images.filter((image) => image.uploadId === uploadId))
  if (JSON.stringify(images) === JSON.stringify(product.images)) return {}
  const removed = removedImages(product, images)?.uploadIds ?? []
  return {
    images,
    orderedImages: images.length,
    removedUploads: [...(product.removedUploads ?? []), ...removed].slice(-maxRemovedUploads),
  }
}

/**
 * The images of a product that are not in its next version.
 * @returns `keys` without those of images that stay: uploads of the same file once had the same keys
 */
export function removedImages(
  before: Product,
  images: readonly ProductImage[],
): { uploadIds: string[]; keys: string[] } | undefined {
  const removed = before.images.filter(({ uploadId }) => !images.some((image) => image.uploadId === uploadId))
  if (removed.length === 0) return undefined
  const keys = removed.map(({ key }) => key).filter((key) => !images.some((image) => image.key === key))
  return { uploadIds: unique(removed.map(({ uploadId }) => uploadId)), keys: unique(keys) }
}

/**
 * Adds an image in its sizes, after those that staff have ordered. The order does not depend on the order in which
 * ThumbnailsReady events arrive.
 */
export function addImage(
  product: OfferedProduct,
  image: { uploadId: string; sizes: readonly Omit<ProductImage, 'uploadId'>[] },
  time: Date,
): Result<OfferedProduct, 'nothing-changed' | 'removed'> {
  const { uploadId } = image
  const { images, orderedImages = 0, removedUploads = [] } = product
  if (images.some((other) => other.uploadId === uploadId)) return failed('nothing-changed')
  if (removedUploads.includes(uploadId)) return failed('removed')
  const added = image.sizes.map((size) => ({ uploadId, ...size }))
  const unordered = [...images.slice(orderedImages), ...added].toSorted((a, b) => compare(a.uploadId, b.uploadId))
  return ok(next({ ...product, images: [...images.slice(0, orderedImages), ...unordered] }, time))
}

const next = (changed: OfferedProduct, time: Date): OfferedProduct => ({
  ...changed,
  version: changed.version + 1,
  updatedAt: time.toISOString(),
})

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

const unique = (texts: readonly string[]): string[] => [...new Set(texts)]
