import { Sku } from '#shared/text.ts'

/** A SKU in lower case is its product's id, so each names the other. */
export const productIdOf = (sku: string): string => sku.toLowerCase()

/** The SKU that a product id stands for; undefined when no product can have that id. */
export function skuOf(productId: string): string | undefined {
  const sku = productId.toUpperCase()
  return productId === sku.toLowerCase() && Sku.safeParse(sku).success ? sku : undefined
}
