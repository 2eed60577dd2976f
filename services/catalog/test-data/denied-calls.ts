import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { onObject } from '#test/least-privilege/denied/services.ts'
import { batchGet, onItem, query, scan } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  onItem('catalog-get-product', 'GetItem', 'USER#', "the catalog reads no customer's data"),
  onItem('catalog-list-products', 'PutItem', 'PRODUCT#', 'a list writes nothing'),
  onItem('catalog-create-product', 'GetItem', 'PRODUCT#', 'a new product needs no other one'),
  onItem(
    'catalog-change-product',
    'PutItem',
    'PRODUCT#',
    'a change replaces no whole item, whose availability it may not know',
  ),
  onItem('catalog-apply-stock', 'GetItem', 'STOCK#', 'the stock is known from events'),
  batchGet('catalog-list-products', ['PRODUCT#', 'ORDER#'], 'one foreign key denies the whole batch'),
  query('catalog-get-product', undefined, 'PRODUCT#', 'one product is read by its key'),
  query('catalog-list-products', 'GSI1', 'CUSTOMER#', 'the same index holds the orders of customers'),
  query('catalog-list-products', 'GSI2', 'ORDERS#', 'the same index holds the orders of a month'),
  scan('catalog-list-products', undefined, 'a scan has no leading key for a condition'),
  onObject('catalog-get-product', 'GetObject', ['media', 'private/x'], 'the catalog reads no avatars'),
]
