import type { Product } from './product.ts'

/** Whether every word of a search text occurs in a product's name, description or tags, whatever the case. */
export function matches(product: Pick<Product, 'name' | 'description' | 'tags'>, text: string): boolean {
  const haystack = [product.name, product.description, ...product.tags].join('\n').toLowerCase()
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word))
}
