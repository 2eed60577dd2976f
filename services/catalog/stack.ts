import type { Construct } from 'constructs'
import type { TableGrant } from '#infra/grants.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { routes } from './routes.ts'

export class CatalogStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    // Products store the keys of their images; URLs are created when they are read.
    const environment = { MEDIA_URL: props.media.mediaUrl }
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
    this.addRoutes(routes, [listProducts, getProduct])

    this.consumerFunction('link-images', [{ actions: ['GetItem', 'PutItem'], prefixes: ['PRODUCT#'] }], {
      events: [ThumbnailsReady],
      detail: { data: { purpose: ['product-image'] } },
    })
  }
}
