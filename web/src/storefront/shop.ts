/** What a team changes first: the shop's name, its texts, and its categories in the order of the navigation. */
export const shop = {
  name: 'Cartwheel',
  claim: 'Well-made things for everyday life',
  company: 'Cartwheel Goods Ltd., 12 Mill Lane, Dublin D08 X4T2, Ireland',
  email: 'hello@example.com',
  returnDays: 30,
  /** As long as a deployment keeps copies of deleted data: `deletedDataDays` of shared/days.ts. */
  deletedDataDays: 35,
  /** Where the shop is: prices are shown for it until the customer chooses an address. */
  country: 'IE',
  currency: 'EUR',
  /** In which staff plan and read reports: the one of the stage record. */
  timeZone: 'Europe/Dublin',
  categories: [
    { slug: 'coffee', label: 'Coffee' },
    { slug: 'kitchen', label: 'Kitchen' },
    { slug: 'home', label: 'Home' },
    { slug: 'stationery', label: 'Stationery' },
    { slug: 'bags', label: 'Bags' },
    { slug: 'outdoor', label: 'Outdoor' },
  ],
} as const

/** @returns the category's own slug where the shop does not know it: staff can create products in any category */
export const categoryLabel = (slug: string): string =>
  shop.categories.find((category) => category.slug === slug)?.label ?? slug
