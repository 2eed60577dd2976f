import * as z from 'zod'
import { defineEvent } from '#shared/events/envelope.ts'

const source = 'catalog.app'
const data = z.object({ productId: z.string(), sku: z.string(), version: z.int().min(1) })

export const ProductCreated = defineEvent({ source, type: 'ProductCreated', version: 1, data })
export const ProductChanged = defineEvent({ source, type: 'ProductChanged', version: 1, data })
