import { lazy, type ComponentType } from 'react'

export interface Area {
  /** Below `/admin`; the area's own pages are nested in it. */
  readonly path: string
  readonly label: string
  readonly Area: ComponentType
}

/** The areas of the back office, in the order of the navigation; each is loaded when it is visited first. */
export const areas: readonly Area[] = [
  { path: '/live', label: 'Live', Area: lazy(() => import('./live/live-area.tsx')) },
  { path: '/orders', label: 'Orders', Area: lazy(() => import('./orders/orders-area.tsx')) },
  { path: '/products', label: 'Products', Area: lazy(() => import('./products/products-area.tsx')) },
  { path: '/inventory', label: 'Inventory', Area: lazy(() => import('./inventory/inventory-area.tsx')) },
  { path: '/discounts', label: 'Discounts', Area: lazy(() => import('./discounts/discounts-area.tsx')) },
  { path: '/reports', label: 'Reports', Area: lazy(() => import('./reports/reports-area.tsx')) },
  { path: '/operations', label: 'Operations', Area: lazy(() => import('./operations/operations-area.tsx')) },
]
