/** What the address of a list says: links to it show the same products. */
export interface ProductFilter {
  readonly q?: string
  readonly category?: string
  readonly sort: SortOrder
}

export const sortLabels = {
  newest: 'Newest first',
  price: 'Lowest price',
  '-price': 'Highest price',
} as const

type SortOrder = keyof typeof sortLabels

const isSortOrder = (text: string | null): text is SortOrder => text !== null && Object.hasOwn(sortLabels, text)

/** The API accepts no more, and no control characters. */
const searchable = (text: string | null) =>
  text
    ?.replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .trim()
    .slice(0, 100)
    .trim()

/** A user can edit an address: values that no list has are left out. */
export function filterOf(parameters: URLSearchParams): ProductFilter {
  const q = searchable(parameters.get('q'))
  const category = parameters.get('category')?.slice(0, 60)
  const sort = parameters.get('sort')
  return { ...(q ? { q } : {}), ...(category ? { category } : {}), sort: isSortOrder(sort) ? sort : 'newest' }
}
