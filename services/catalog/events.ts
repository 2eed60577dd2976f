import * as z from 'zod'
import { createEvent, defineEvent, type Cause, type EventDefinition } from '#shared/events/envelope.ts'

const source = 'catalog.app'

/** Whether a product can be ordered now, as far as customers may know; stored on its item. */
export const Availability = z.enum(['in-stock', 'low', 'out-of-stock'])
export type Availability = z.infer<typeof Availability>

const data = z.object({ productId: z.string(), sku: z.string(), version: z.int().min(1) })

export const ProductCreated = defineEvent({ source, type: 'ProductCreated', version: 1, data })
export const ProductChanged = defineEvent({ source, type: 'ProductChanged', version: 1, data })

/** The event of a product's version. */
export const productEvent = <Type extends string>(
  definition: EventDefinition<Type, typeof data>,
  { productId, sku, version, updatedAt }: z.infer<typeof data> & { updatedAt: string },
  cause: Cause,
) =>
  createEvent(definition, {
    aggregateId: productId,
    aggregateVersion: version,
    time: new Date(updatedAt),
    cause,
    data: { productId, sku, version },
  })
