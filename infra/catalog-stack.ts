import type { Construct } from 'constructs'
import { routes } from '#services/catalog/routes.ts'
import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { ApiRoutes } from './constructs/api-routes.ts'
import { EventConsumer } from './constructs/event-consumer.ts'
import type { TableGrant } from './grants.ts'
import type { MediaStack } from './media-stack.ts'
import { ServiceStack, type ServiceStackProps } from './service-stack.ts'

export interface CatalogStackProps extends ServiceStackProps {
  readonly media: MediaStack
}

export class CatalogStack extends ServiceStack {
  constructor(scope: Construct, id: string, { media, ...props }: CatalogStackProps) {
    super(scope, id, 'catalog', props)
    // Products keep the keys of their pictures; where these are served is known when they are read.
    const environment = { MEDIA_URL: media.mediaUrl }
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
    new ApiRoutes(this, { ...props, routes, functions: [listProducts, getProduct] })

    new EventConsumer(this, {
      ...props,
      function: this.tableFunction('link-images', [{ actions: ['GetItem', 'PutItem'], prefixes: ['PRODUCT#'] }]),
      events: [ThumbnailsReady],
      detail: { data: { purpose: ['product-image'] } },
    })
  }
}
