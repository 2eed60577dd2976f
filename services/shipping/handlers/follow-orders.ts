import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { causedBy } from '#shared/events/envelope.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import { metrics } from '#shared/lambda/telemetry.ts'
import { OrderCancelled, OrderPaid } from '#services/orders/events.ts'
import { createShipment, voidShipment, type ShippingDependencies } from '../use-cases/change-shipment.ts'

export const createShipmentHandler = (deps: Parameters<typeof createShipment>[0]) =>
  eventConsumer([OrderPaid], async ({ data: { orderId, orderType }, metadata }) => {
    const outcome = await createShipment(deps, { orderId, orderType, cause: causedBy(metadata) })
    if (outcome === 'created') metrics.addMetric('ShipmentsCreated', MetricUnit.Count, 1)
    return { outcome }
  })

export const voidShipmentHandler = (deps: ShippingDependencies) =>
  eventConsumer([OrderCancelled], async ({ data: { orderId } }) => ({ outcome: await voidShipment(deps, orderId) }))
