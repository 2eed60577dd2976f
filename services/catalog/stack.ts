import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type { TableGrant } from '#infra/grants.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { StockChanged } from '#services/inventory/events.ts'
import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { routes } from './routes.ts'

export class CatalogStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    // Products store the keys of their images; URLs are created when they are read.
    const environment = {
      MEDIA_URL: props.edge.mediaUrl,
      IS_STOCK_COUNTED: String(this.isPublished(StockChanged)),
    }
    const listProducts = this.tableFunction(
      'list-products',
      [
        { actions: ['BatchGetItem'], prefixes: ['PRODUCT#'] },
        { actions: ['Query'], prefixes: ['CATALOG#'], index: 'GSI1' },
        { actions: ['Query'], prefixes: ['CATALOG#'], index: 'GSI2' },
      ],
      { environment },
    )
    const readProduct: TableGrant = { actions: ['GetItem'], prefixes: ['PRODUCT#'] }
    const getProduct = this.tableFunction('get-product', [readProduct], { environment })
    const adminListProducts = this.tableFunction(
      'admin-list-products',
      [
        { actions: ['BatchGetItem'], prefixes: ['PRODUCT#'] },
        { actions: ['Query'], prefixes: ['CATALOG#'], index: 'GSI2' },
      ],
      { environment },
    )
    const adminGetProduct = this.tableFunction('admin-get-product', [readProduct], { environment })
    const createProduct = this.tableFunction(
      'create-product',
      [
        { actions: ['PutItem'], prefixes: ['PRODUCT#'] },
        { actions: ['PutItem'], prefixes: ['IDEMPOTENCY#createProduct#'] },
      ],
      { environment },
    )
    const changeAccess: TableGrant = { actions: ['GetItem', 'UpdateItem'], prefixes: ['PRODUCT#'] }
    const changeProduct = this.tableFunction('change-product', [changeAccess], { environment })
    this.addRoutes(routes, [listProducts, getProduct, adminListProducts, adminGetProduct, createProduct, changeProduct])

    this.consumerFunction('link-images', [changeAccess], {
      events: [ThumbnailsReady],
      detail: { data: { purpose: ['product-image'] } },
    })
    // A product may show its old availability for a second longer, so that one write serves the orders of that second.
    this.consumerFunction('apply-stock', [{ actions: ['UpdateItem'], prefixes: ['PRODUCT#'] }], {
      environment: { LOW_STOCK_THRESHOLD: String(props.stage.lowStockThreshold) },
      events: [StockChanged],
      // Most orders leave the availability as it is. Events from before this was recorded do not have it.
      detail: { data: { affectsAvailability: [true, { exists: false }] } },
      batchSize: 100,
      batchWindow: Duration.seconds(1),
      maxConcurrency: 2,
    })
  }
}
