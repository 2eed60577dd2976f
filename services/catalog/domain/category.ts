/** What the shop sells, in the order of its shelves. A list over the whole catalogue merges these. */
export const categories = ['kitchen', 'coffee', 'home', 'stationery', 'bags', 'outdoor'] as const

export type Category = (typeof categories)[number]

export const isCategory = (name: string): name is Category => (categories as readonly string[]).includes(name)
