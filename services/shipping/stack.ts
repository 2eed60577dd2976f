import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import { GeneratedSecret } from '#infra/constructs/generated-secret.ts'
import { graph } from '#infra/dashboard/graph.ts'
import type { TableGrant } from '#infra/grants.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { OrderCancelled, OrderPaid } from '#services/orders/events.ts'
import { ShipmentCreated } from './events.ts'
import { routes } from './routes.ts'

const shipments: TableGrant = { actions: ['GetItem', 'PutItem'], prefixes: ['SHIPMENT#'] }
const parcels = (...actions: TableGrant['actions']): TableGrant => ({ actions, prefixes: ['SANDBOXPARCEL#'] })

/** Events that are held back anyway can as well be handled together. */
const batchWindow = Duration.seconds(1)

export class ShippingStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    const { handlingDelaySeconds, expressHandlingDelaySeconds, deliveryDelaySeconds } = props.stage.shipping
    const environment = { DELIVERY_DELAY_SECONDS: String(deliveryDelaySeconds) }
    this.consumerFunction('create-shipment', [shipments, parcels('PutItem', 'UpdateItem')], {
      environment,
      events: [OrderPaid],
      queues: {
        // SQS has no priorities. In a queue of their own, express orders never wait behind standard ones.
        express: { detail: ofType('express'), delay: Duration.seconds(expressHandlingDelaySeconds) },
        standard: { detail: ofType('standard'), delay: Duration.seconds(handlingDelaySeconds), batchWindow },
      },
    })
    this.consumerFunction('void-shipment', [shipments, parcels('UpdateItem')], {
      environment,
      events: [OrderCancelled],
    })
    this.consumerFunction('deliver-sandbox-parcel', [shipments, parcels('GetItem')], {
      environment,
      events: [ShipmentCreated],
      delay: Duration.seconds(deliveryDelaySeconds),
      batchWindow,
    })
    this.addWebhook()
    this.resources.graphs.push(
      graph('Shipments', [
        this.metric('ShipmentsCreated', { label: 'created' }),
        this.metric('ShipmentsDelivered', { label: 'delivered' }),
      ]),
    )
  }

  private addWebhook(): void {
    const secret = new GeneratedSecret(this, 'webhook-secret', {
      name: 'carrier-webhook',
      description: 'Signs what the carrier reports to POST /webhooks/carrier.',
    })
    const webhook = this.tableFunction('receive-webhook', [shipments], {
      environment: { WEBHOOK_SECRET_ARN: secret.secretArn },
    })
    secret.allowRead(webhook)
    this.addRoutes(routes, [webhook])
  }
}

const ofType = (orderType: string) => ({ data: { orderType: [orderType] } })
