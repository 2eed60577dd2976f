import { dayMs } from '#shared/days.ts'
import { idempotencyDays, type IdempotentRequest } from '#shared/idempotency.ts'
import { idOf } from '#shared/ids.ts'
import type { Order } from './order.ts'

/**
 * The id of the order that a request places: it follows from the customer and the Idempotency-Key, so that a repeated request
 * finds its order without a record of the key.
 * @param earlierUses how many orders the key has placed that are too old for it
 */
export const orderIdOf = ({ userId, key }: Pick<IdempotentRequest, 'userId' | 'key'>, earlierUses: number): string =>
  idOf('ord', JSON.stringify([userId, key, earlierUses]))

/** Whether a request with the key of an order still returns it. Later the key places a new one. */
export const holdsKey = ({ placedAt }: Pick<Order, 'placedAt'>, now: Date): boolean =>
  now.getTime() < Date.parse(placedAt) + idempotencyDays * dayMs
