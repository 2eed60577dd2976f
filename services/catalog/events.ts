import * as z from 'zod'
import { createEvent, defineEvent, type Cause, type EventDefinition } from '#shared/events/envelope.ts'

const source = 'catalog.app'

/** Whether a product can be ordered now, as far as customers may know; stored on its item. */
export const Availability = z.enum(['in-stock', 'low', 'out-of-stock'])
export type Availability = z.infer<typeof Availability>

const data = z.object({ productId: z.string(), sku: z.string(), version: z.int().min(1) })

export const ProductCreated = defineEvent({ source, type: 'ProductCreated', version: 1, data })
/** `removedImages` has the objects of the media bucket that the product no longer needs. */
export const ProductChanged = defineEvent({
  source,
  type: 'ProductChanged',
  version: 1,
  data: data.extend({
    removedImages: z.object({ uploadIds: z.array(z.string()).min(1), keys: z.array(z.string()) }).optional(),
  }),
})

/** The event of a product's version. */
export const productEvent = <Type extends string, Data extends typeof data>(
  definition: EventDefinition<Type, Data>,
  product: z.infer<Data> & { updatedAt: string },
  cause: Cause,
) =>
  createEvent(definition, {
    aggregateId: product.productId,
    aggregateVersion: product.version,
    time: new Date(product.updatedAt),
    cause,
    data: definition.data.parse(product),
  })
