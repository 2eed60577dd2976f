/** Every page of the site, with who may see it. A test compares the list with the routes. */
export interface SitePage {
  /** A route's path, whose parameters `{…}` are replaced before it is opened. */
  readonly path: string
  readonly as: 'visitor' | 'customer' | 'staff'
  /** For what a page looks like with other data. */
  readonly query?: string
  /** Whether the page shows its own text for an address without content. */
  readonly isMissing?: true
}

const of = (as: SitePage['as'], ...paths: readonly string[]): SitePage[] => paths.map((path) => ({ path, as }))

export const pages: readonly SitePage[] = [
  ...of('visitor', '/', '/products', '/products/:productId', '/cart', '/terms', '/privacy', '/returns'),
  ...of('visitor', '/sign-in', '/sign-up', '/forgot-password', '/admin', '/does-not-exist'),
  { path: '/products', query: '?q=mug&sort=price', as: 'visitor' },
  { path: '/products', query: '?q=nothing-has-this-name', as: 'visitor' },
  { path: '/products/does-not-exist', as: 'visitor', isMissing: true },
  ...of('customer', '/cart', '/checkout', '/orders', '/orders/:orderId', '/account'),
  { path: '/orders/ord_01ARZ3NDEKTSV4RRFFQ69G5FAV', as: 'customer', isMissing: true },
  ...of(
    'staff',
    '/admin/live',
    '/admin/orders',
    '/admin/orders/:orderId',
    '/admin/products',
    '/admin/products/new/product',
  ),
  ...of('staff', '/admin/products/:productId', '/admin/inventory', '/admin/inventory/:sku', '/admin/discounts'),
  ...of(
    'staff',
    '/admin/discounts/new',
    '/admin/discounts/codes/:code',
    '/admin/reports',
    '/admin/operations',
    '/admin/does-not-exist',
  ),
  { path: '/admin/live', query: '?order=:orderId&view=table', as: 'staff' },
  { path: '/admin/live', query: '?order=:orderId&event=OrderPlaced/:orderId/1', as: 'staff' },
]
