import { prefixes as catalog } from '#services/catalog/keys.ts'
import { prefixes as inventory } from '#services/inventory/keys.ts'
import { prefixes as notifications } from '#services/notifications/keys.ts'
import { prefixes as orders } from '#services/orders/keys.ts'
import { prefixes as thumbnails } from '#services/thumbnails/keys.ts'
import { prefixes as users } from '#services/users/keys.ts'

/** Operations that IAM can confine to keys. Scan and PartiQL are not among them: their condition keys may be absent. */
export type TableAction =
  'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'ConditionCheckItem'

export type KeyPrefix = `${string}#`

/** What a function may do to items whose partition key begins with one of some prefixes. */
export interface TableGrant {
  readonly actions: readonly TableAction[]
  /** Several only for one request that reaches all of them: IAM wants each request to be allowed by one statement. */
  readonly prefixes: readonly KeyPrefix[]
  /** Of an index: `prefixes` are then those of the index's partition key. */
  readonly index?: 'GSI1' | 'GSI2'
  /** Only these attributes, keys included. @default all */
  readonly attributes?: readonly string[]
}

/** The key prefixes that each service owns in the single table and its indexes. */
export const ownPrefixes = {
  api: [],
  catalog,
  users,
  orders,
  inventory,
  notifications,
  thumbnails,
  'event-relay': [],
} as const satisfies Record<string, readonly KeyPrefix[]>

export type ServiceName = keyof typeof ownPrefixes

/** A grant across a wall: one function of one service, at another service's items. */
export interface Crossing extends TableGrant {
  readonly service: ServiceName
  readonly entry: string
  /** Who keeps the items; a service that is not there yet may own what is written for it. */
  readonly owner: string
  readonly reason: string
}

/** Every grant across a wall there is. Functions get theirs from here and from nowhere else. */
export const crossings: readonly Crossing[] = [
  {
    service: 'orders',
    entry: 'place-order',
    owner: 'catalog',
    actions: ['BatchGetItem'],
    prefixes: ['PRODUCT#'],
    attributes: ['PK', 'SK', 'sku', 'name', 'price', 'status'],
    reason: 'Prices and names of an order come from the catalogue, in one read while it is placed.',
  },
  {
    service: 'orders',
    entry: 'place-order',
    owner: 'users',
    actions: ['UpdateItem'],
    prefixes: ['USER#'],
    attributes: ['PK', 'SK', 'orderCount', 'lastOrderAt'],
    reason: "The customer's counters move in the transaction that places the order, so that they never disagree.",
  },
  {
    service: 'orders',
    entry: 'place-order',
    owner: 'payments',
    actions: ['PutItem'],
    prefixes: ['PAYMENT#'],
    reason: 'The payment token waits for payments beside the order; it must enter no event, and orders cannot read it.',
  },
  {
    service: 'thumbnails',
    entry: 'admin-create-upload',
    owner: 'catalog',
    actions: ['GetItem'],
    prefixes: ['PRODUCT#'],
    reason: 'A picture of a product that does not exist is refused before it is uploaded, not after.',
  },
  {
    service: 'notifications',
    entry: 'send-mail',
    owner: 'users',
    actions: ['GetItem'],
    prefixes: ['USER#'],
    attributes: ['PK', 'SK', 'email', 'name', 'notifications'],
    reason: 'Events carry no personal data, so the contact is read where it is kept, at the moment of the mail.',
  },
]

export const crossingsOf = (service: ServiceName, entry: string): readonly Crossing[] =>
  crossings.filter((crossing) => crossing.service === service && crossing.entry === entry)
