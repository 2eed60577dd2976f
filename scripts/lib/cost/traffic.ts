import type { Activity } from './units.ts'

/** How many people do what for each order; a shop's own figures belong in the command's flags. */
export interface Traffic {
  readonly ordersPerDay: number
  readonly readsPerOrder: number
  /** In a month. */
  readonly ordersPerCustomer: number
  readonly newCustomersPerOrder: number
  readonly uploadsPerOrder: number
  readonly picturesPerRead: number
}

export const daysAMonth = 365 / 12

/** A product list is looked at for every three single products; an order's status is read twice. */
export function timesAMonth({ ordersPerDay, readsPerOrder, newCustomersPerOrder, uploadsPerOrder }: Traffic) {
  const orders = ordersPerDay * daysAMonth
  return {
    order: orders,
    productList: (orders * readsPerOrder) / 4,
    product: (orders * readsPerOrder * 3) / 4,
    orderStatus: orders * 2,
    signUp: orders * newCustomersPerOrder,
    upload: orders * uploadsPerOrder,
  } satisfies Record<Activity, number>
}
