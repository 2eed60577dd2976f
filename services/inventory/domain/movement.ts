import * as z from 'zod'
import type { EventOf } from '#shared/events/envelope.ts'
import { StockChanged } from '../events.ts'

const change = z.int().describe('The change, more or fewer')

/** One change of one stock, in the ledger. The sum of all is the stock. */
export const StockMovement = z.object({
  sku: z.string(),
  version: z.int().min(1),
  available: change,
  reserved: change,
  shipped: change,
  ...StockChanged.data.pick({ reason: true, orderIds: true, actor: true, note: true }).shape,
  time: z.iso.datetime(),
})
export type StockMovement = z.infer<typeof StockMovement>

export const movementOf = ({ metadata, data }: EventOf<typeof StockChanged>): StockMovement =>
  StockMovement.parse({ ...data, ...data.change, time: metadata.time })

/** As staff see it. */
export const MovementView = z.object({
  sku: z.string(),
  version: z.int().min(1).describe('The version of the stock that the movement led to'),
  available: change,
  reserved: change,
  shipped: change,
  type: StockMovement.shape.reason,
  reason: z.string().describe('What staff gave as their reason, else the type'),
  actor: z.string().optional().describe('The id of the staff member who adjusted the stock'),
  orderId: z.string().optional().describe('Of a movement for one order'),
  orderIds: z.array(z.string()).describe('All orders of the movement: one movement can be for several'),
  time: z.iso.datetime(),
})

export function viewOf({ reason: type, note = type, ...movement }: StockMovement): z.infer<typeof MovementView> {
  const [orderId, ...others] = movement.orderIds
  return MovementView.parse({ ...movement, type, reason: note, orderId: others.length === 0 ? orderId : undefined })
}
