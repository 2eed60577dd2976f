import { Duration, Validations } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { bucketDefaults } from '#infra/constructs/bucket-defaults.ts'
import { GeneratedSecret } from '#infra/constructs/generated-secret.ts'
import { allowObjects } from '#infra/constructs/object-access.ts'
import { addOutput } from '#infra/constructs/outputs.ts'
import type { ServiceFunction } from '#infra/constructs/service-function.ts'
import { graph } from '#infra/dashboard/graph.ts'
import type { TableGrant } from '#infra/grants.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { OrderCancelled, OrderPaid } from '#services/orders/events.ts'
import { ShipmentCreated } from './events.ts'
import { routes } from './routes.ts'

const shipments: TableGrant = { actions: ['BatchGetItem', 'PutItem'], prefixes: ['SHIPMENT#'] }
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
    this.consumerFunction('deliver-sandbox-parcel', [shipments, parcels('BatchGetItem')], {
      environment,
      events: [ShipmentCreated],
      delay: Duration.seconds(deliveryDelaySeconds),
      batchWindow,
    })
    const bucket = this.createBucket()
    this.addRoutes(routes, [
      this.webhook(),
      this.documentMaker('admin-get-label', bucket, 'labels/*', [
        { actions: ['BatchGetItem'], prefixes: ['SHIPMENT#'] },
      ]),
      this.documentMaker('admin-get-invoice', bucket, 'invoices/*'),
      this.documentMaker('get-invoice', bucket, 'invoices/*'),
    ])
    this.resources.graphs.push(
      graph('Shipments', [
        this.metric('ShipmentsCreated', { label: 'created' }),
        this.metric('ShipmentsDelivered', { label: 'delivered' }),
      ]),
    )
  }

  private webhook(): ServiceFunction {
    const secret = new GeneratedSecret(this, 'webhook-secret', {
      name: 'carrier-webhook',
      description: 'Signs what the carrier reports to POST /webhooks/carrier.',
    })
    const webhook = this.tableFunction('receive-webhook', [shipments], {
      environment: { WEBHOOK_SECRET_ARN: secret.secretArn },
    })
    secret.allowRead(webhook)
    return webhook
  }

  /** Documents contain addresses, and are made again when they are asked for again: a day is the shortest expiration. */
  private createBucket(): Bucket {
    const bucket = new Bucket(this, 'documents', {
      ...bucketDefaults(this.stage),
      lifecycleRules: [{ expiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    })
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: "Only functions and the addresses they sign have access, and the functions' logs record each use.",
    })
    addOutput(this, 'DocumentBucketName', bucket.bucketName, 'The bucket of labels and invoices')
    return bucket
  }

  /** Its credentials also sign the address of what it stores. */
  private documentMaker(
    entry: string,
    bucket: Bucket,
    keys: string,
    access: readonly TableGrant[] = [],
  ): ServiceFunction {
    const environment = { DOCUMENT_BUCKET: bucket.bucketName, TIME_ZONE: this.stage.timeZone }
    const maker = this.tableFunction(entry, access, { environment })
    allowObjects(maker, ['s3:PutObject', 's3:GetObject'], bucket, [keys])
    return maker
  }
}

const ofType = (orderType: string) => ({ data: { orderType: [orderType] } })
