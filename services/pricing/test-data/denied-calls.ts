import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { batchGet, onItem, query, update } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  update('pricing-create-quote', 'DISCOUNT#', 'uses', 'a quote takes no use of a discount'),
  onItem('pricing-create-quote', 'GetItem', 'ORDER#', 'a quote depends on no order'),
  batchGet('pricing-create-quote', ['PRODUCT#'], 'one attribute is not granted', 'PK, SK, description'),
  batchGet('pricing-put-discount', ['DISCOUNT#'], 'a change reads one discount alone'),
  update('orders-place-order', 'DISCOUNT#', 'percentage', 'an order counts a use and changes no terms'),
  onItem('orders-place-order', 'DeleteItem', 'DISCOUNT#', 'an order counts a use and deletes nothing'),
  query('pricing-list-discounts', 'GSI1', 'CUSTOMER#', 'the same index holds the orders of customers'),
]
