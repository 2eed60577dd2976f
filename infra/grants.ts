import { offerAttributes } from '#services/catalog/keys.ts'
import { balanceAttributes } from '#services/payments/keys.ts'
import { discountAttributes } from '#services/pricing/keys.ts'
import { documentAttributes } from '#services/shipping/keys.ts'

/** Operations that IAM can confine to keys. Scan and PartiQL are not among them: their condition keys may be absent. */
export type TableAction =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem'

export type KeyPrefix = `${string}#`

/** What a function may do to items whose partition key begins with one of some prefixes. */
export interface TableGrant {
  readonly actions: readonly TableAction[]
  /** Several only for one request that reaches all of them: one statement must allow each request. */
  readonly prefixes: readonly KeyPrefix[]
  /** The index to query; `prefixes` are then those of its partition key. @default the table itself */
  readonly index?: 'GSI1' | 'GSI2'
  /** Only these attributes, keys included. @default all */
  readonly attributes?: readonly string[]
}

/** A grant of one service's function on another service's items. */
export interface CrossServiceGrant extends TableGrant {
  readonly service: string
  readonly entry: string
  /** The service that owns the items, or one for each prefix; it need not be installed. */
  readonly owner: string | readonly string[]
  readonly reason: string
}

/** The functions of a service's customer routes, which return nothing to a customer who deleted their account. */
const deletionReaders = (service: string, entries: readonly string[]): CrossServiceGrant[] =>
  entries.map((entry) => ({
    service,
    entry,
    owner: 'users',
    actions: ['GetItem'],
    prefixes: ['USERDELETED#'],
    attributes: ['PK', 'SK'],
    reason: 'A customer who deleted their account gets 404, although their access token is valid for up to an hour.',
  }))

/** Every cross-service grant of the single table. Functions get theirs from here and from nowhere else. */
export const crossServiceGrants: readonly CrossServiceGrant[] = [
  ...deletionReaders('cart', ['get-cart', 'put-cart']),
  ...deletionReaders('orders', ['get-order', 'list-orders', 'list-order-events', 'cancel-order', 'request-return']),
  ...deletionReaders('shipping', ['get-invoice']),
  ...deletionReaders('thumbnails', ['create-upload', 'get-upload', 'list-uploads']),
  ...['get-cart', 'put-cart'].map((entry): CrossServiceGrant => ({
    service: 'cart',
    entry,
    owner: 'catalog',
    actions: ['BatchGetItem'],
    prefixes: ['PRODUCT#'],
    attributes: ['PK', 'SK', ...offerAttributes],
    reason: 'A cart is returned with the current prices, names and availability of the catalog.',
  })),
  {
    service: 'pricing',
    entry: 'create-quote',
    owner: ['catalog', 'pricing'],
    actions: ['BatchGetItem'],
    prefixes: ['PRODUCT#', 'DISCOUNT#'],
    attributes: ['PK', 'SK', ...offerAttributes, ...discountAttributes],
    reason: 'A quote has the prices, names and availability of the catalog, read in one request with the discount.',
  },
  {
    service: 'orders',
    entry: 'admin-list-orders',
    owner: 'users',
    actions: ['GetItem'],
    prefixes: ['USERMAIL#'],
    attributes: ['PK', 'SK', 'userId'],
    reason: "Staff look up a customer's orders by email address, which orders do not know.",
  },
  {
    service: 'orders',
    entry: 'admin-get-order',
    owner: 'users',
    actions: ['GetItem'],
    prefixes: ['USER#'],
    attributes: ['PK', 'SK', 'email'],
    reason: 'Staff see to whom an order belongs, and find the other orders of the customer.',
  },
  {
    service: 'orders',
    entry: 'admin-get-order',
    owner: 'payments',
    actions: ['GetItem'],
    prefixes: ['PAYMENT#'],
    attributes: ['PK', 'SK', ...balanceAttributes],
    reason:
      'Staff see what can still be refunded: a dispute changes that, and publishes no event. The token stays unread.',
  },
  {
    service: 'orders',
    entry: 'place-order',
    owner: ['catalog', 'pricing', 'users'],
    actions: ['BatchGetItem'],
    prefixes: ['PRODUCT#', 'DISCOUNT#', 'USER#'],
    attributes: ['PK', 'SK', ...offerAttributes, ...discountAttributes, 'orderRate'],
    reason:
      "Prices and names of an order, its discount, and the customer's own rate limit, in one read before the write.",
  },
  {
    service: 'orders',
    entry: 'place-order',
    owner: 'pricing',
    actions: ['UpdateItem'],
    prefixes: ['DISCOUNT#'],
    attributes: ['PK', 'SK', 'uses', 'version', 'maximumUses'],
    reason:
      'The use of a limited discount is counted in the transaction that places the order, so that none is given twice.',
  },
  {
    service: 'orders',
    entry: 'place-order',
    owner: 'pricing',
    actions: ['UpdateItem'],
    prefixes: ['QUOTERATE#'],
    attributes: ['PK', 'SK', 'tries', 'expiresAt'],
    reason: 'An order that is not placed shows whether its discount code exists, so its tries are limited like quotes.',
  },
  {
    service: 'orders',
    entry: 'place-order',
    owner: 'users',
    actions: ['UpdateItem'],
    prefixes: ['USER#'],
    attributes: ['PK', 'SK', 'orderCount', 'lastOrderAt', 'orderRate'],
    reason: "The customer's counters change in the transaction that places the order, so that they always agree.",
  },
  {
    service: 'orders',
    entry: 'place-order',
    owner: 'payments',
    actions: ['PutItem'],
    prefixes: ['PAYMENT#'],
    reason: 'The payment token is stored for payments; it must enter no event, and orders cannot read it.',
  },
  {
    service: 'reporting',
    entry: 'make-daily-report',
    owner: 'orders',
    actions: ['Query'],
    prefixes: ['ORDERS#'],
    index: 'GSI2',
    reason: 'The report lists the orders of a day by the index of months.',
  },
  {
    service: 'reporting',
    entry: 'make-daily-report',
    owner: 'orders',
    actions: ['BatchGetItem'],
    prefixes: ['ORDER#'],
    attributes: [
      'PK',
      'SK',
      'orderId',
      'status',
      'orderType',
      'items',
      'subtotal',
      'discount',
      'shipping',
      'tax',
      'total',
      'placedAt',
    ],
    reason: 'The figures of a day are those of its orders, read once a day; neither customer nor address is granted.',
  },
  {
    service: 'reporting',
    entry: 'make-daily-report',
    owner: 'payments',
    actions: ['BatchGetItem'],
    prefixes: ['PAYMENT#'],
    attributes: ['PK', 'SK', 'status'],
    reason: 'Whether a cancelled order was paid; its refund, which orders know, can be pending.',
  },
  {
    service: 'shipping',
    entry: 'create-shipment',
    owner: 'orders',
    actions: ['BatchGetItem'],
    prefixes: ['ORDER#'],
    attributes: ['PK', 'SK', 'status', 'shippingAddress'],
    reason:
      'Events carry no personal data, so the address is read from the order when its parcel is created, unless it is cancelled.',
  },
  ...['admin-get-label', 'admin-get-invoice', 'get-invoice'].map((entry): CrossServiceGrant => ({
    service: 'shipping',
    entry,
    owner: 'orders',
    actions: ['BatchGetItem'],
    prefixes: ['ORDER#'],
    attributes: ['PK', 'SK', ...documentAttributes],
    reason: 'Documents are made when they are asked for, of what the order is then.',
  })),
  {
    service: 'thumbnails',
    entry: 'remove-uploads',
    owner: 'users',
    actions: ['GetItem'],
    prefixes: ['USERDELETED#'],
    attributes: ['PK', 'SK'],
    reason: 'An upload that is finished after its customer deleted the account is removed.',
  },
  {
    service: 'thumbnails',
    entry: 'admin-create-upload',
    owner: 'catalog',
    actions: ['GetItem'],
    prefixes: ['PRODUCT#'],
    reason: 'An upload for a product that does not exist is rejected before the file is sent.',
  },
  {
    service: 'inventory',
    entry: 'adjust-stock',
    owner: 'catalog',
    actions: ['GetItem'],
    prefixes: ['PRODUCT#'],
    attributes: ['PK', 'SK'],
    reason: 'Stock of a SKU that no product has is rejected, so that a mistyped SKU hides no pieces.',
  },
  {
    service: 'inventory',
    entry: 'release-expired',
    owner: 'orders',
    actions: ['BatchGetItem'],
    prefixes: ['ORDER#'],
    attributes: ['PK', 'SK', 'status'],
    reason: 'The pieces of an order whose hold has ended are released unless the order is paid by now.',
  },
  {
    service: 'notifications',
    entry: 'send-mail',
    owner: 'users',
    actions: ['BatchGetItem'],
    prefixes: ['USER#'],
    attributes: ['PK', 'SK', 'email', 'name', 'phone', 'notifications'],
    reason: 'Events carry no personal data, so the contact is read from the profile when the mail is sent.',
  },
]

export const crossServiceGrantsOf = (service: string, entry: string): readonly CrossServiceGrant[] =>
  crossServiceGrants.filter((grant) => grant.service === service && grant.entry === entry)
