import { MetricUnit } from '@aws-lambda-powertools/metrics'
import { causedBy } from '#shared/events/envelope.ts'
import { apiHandler } from '#shared/http/api-handler.ts'
import { signedBy } from '#shared/http/webhook.ts'
import { eventConsumer } from '#shared/lambda/event-consumer.ts'
import type { ReadSecret } from '#shared/lambda/secret.ts'
import { logger, metrics } from '#shared/lambda/telemetry.ts'
import { ShipmentCreated } from '../events.ts'
import { carrierSignatureHeader, receiveCarrierWebhook } from '../routes.ts'
import { deliverShipment, type ShippingDependencies } from '../use-cases/change-shipment.ts'

type DeliverDependencies = Pick<ShippingDependencies, 'shipments' | 'now'>

async function deliver(deps: DeliverDependencies, request: Parameters<typeof deliverShipment>[1]) {
  const outcome = await deliverShipment(deps, request)
  if (outcome === 'delivered') metrics.addMetric('ShipmentsDelivered', MetricUnit.Count, 1)
  return outcome
}

/** Asks the sandbox about a parcel; a real carrier reports the delivery by itself. */
export const deliverSandboxParcelHandler = (deps: ShippingDependencies) =>
  eventConsumer([ShipmentCreated], async ({ data: { orderId }, metadata }) => {
    const found = await deps.carrier.track(orderId)
    if (found === 'in-transit') throw new Error(`The parcel of ${orderId} is not delivered yet.`)
    return { outcome: found === 'delivered' ? await deliver(deps, { orderId, cause: causedBy(metadata) }) : found }
  })

/** Applies what the carrier reports. A report that is repeated changes nothing, since a shipment is delivered once. */
export const receiveWebhookHandler = (deps: DeliverDependencies & { readonly secret: ReadSecret }) =>
  apiHandler(
    receiveCarrierWebhook,
    async ({ body, cause }) => {
      const orderId = body.data.reference
      const outcome = body.type === 'parcel.delivered' ? await deliver(deps, { orderId, cause }) : 'ignored'
      logger.appendKeys({ order_id: orderId, report_id: body.id, report_type: body.type, outcome })
      return { status: 200, body: { received: true } }
    },
    { authenticate: signedBy({ header: carrierSignatureHeader, secret: deps.secret, now: deps.now }) },
  )
