import type { Body, Product } from '../../api/types.ts'
import type { Money } from '../../format.ts'
import { parsePrice, priceAdvice } from '../price.ts'

/** What staff type into the form of a product. */
export interface ProductDraft {
  readonly name: string
  readonly description: string
  readonly category: Product['category']
  /** Separated by commas. */
  readonly tags: string
  /** Such as `18.50`. */
  readonly price: string
}

export type ProductField = keyof ProductDraft
export const productFields = ['name', 'price', 'category', 'description', 'tags'] as const satisfies ProductField[]

export const fieldLabels = {
  name: 'Name',
  price: 'Price in euros, VAT included',
  category: 'Category',
  description: 'Description',
  tags: 'Tags',
} as const satisfies Record<ProductField, string>

export const emptyDraft: ProductDraft = { name: '', description: '', category: 'kitchen', tags: '', price: '' }

export const draftOf = ({ name, description, category, tags, price }: Product): ProductDraft => ({
  name,
  description,
  category,
  tags: tags.join(', '),
  price: priceText(price),
})

const priceText = ({ amount }: Money): string => (amount / 100).toFixed(2)

export type ProductRequest = Omit<Body<'/admin/products', 'post'>, 'sku'>

/** What the API is sent; a price that is no amount is reported as a problem of its field. */
export function requestOf(draft: ProductDraft): { ok: true; request: ProductRequest } | { ok: false; price: string } {
  const price = parsePrice(draft.price)
  if (!price) return { ok: false, price: priceAdvice }
  const { name, description, category } = draft
  const request = {
    name,
    description,
    category,
    tags: tagsOf(draft.tags),
    price: { ...price, currency: 'EUR' as const },
  }
  return { ok: true, request }
}

const tagsOf = (text: string): string[] =>
  text
    .split(',')
    .map((tag) => tag.trim())
    .filter(Boolean)

/** The fields in which two drafts differ. */
export const changedFields = (before: ProductDraft, after: ProductDraft): ProductField[] =>
  productFields.filter((field) => before[field] !== after[field])

/** Only what staff changed is sent, so that nothing else is overwritten. */
export const changesIn = (request: ProductRequest, fields: readonly ProductField[]): Partial<ProductRequest> =>
  Object.fromEntries(fields.map((field) => [field, request[field]]))
