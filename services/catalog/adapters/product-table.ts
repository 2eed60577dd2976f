import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { conditionalWrite, followsVersion } from '#shared/dynamodb/conditional-write.ts'
import { mergedQuery } from '#shared/dynamodb/merged-query.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import type { EventOf } from '#shared/events/envelope.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { categories as allCategories, Product } from '../domain/product.ts'
import type { ProductChanged, ProductCreated } from '../events.ts'
import { categoryPartition, indexKeys, listing, productKey, productKeyOfId } from '../keys.ts'
import { maxProductsRead } from '../use-cases/list-products.ts'
import type { ProductChanges, ProductReader, ProductWriter } from '../ports.ts'

export function productTable(table: Table): ProductReader & ProductWriter & ProductChanges {
  /** The whole item is written, so that its index keys are removed when it is archived. */
  const put = (product: Product, event: EventOf<typeof ProductCreated> | EventOf<typeof ProductChanged>) =>
    conditionalWrite(
      table.client.send(
        new PutCommand({
          TableName: table.name,
          Item: { ...productKey(product.sku), ...indexKeys(product), ...product, ...outboxOf([event]) },
          ...followsVersion(product.version),
        }),
      ),
    )

  return {
    find: (productId) => readProduct(table, productId, false),

    current: (productId) => readProduct(table, productId, true),

    async slice({ categories, sort, size, after }) {
      const partitions = categories.map(categoryPartition)
      const found = await mergedQuery(table, { ...listing[sort], partitions, limit: size + 1, after })
      const entries = found.slice(0, size)
      const items = await batchGet(table, entries)
      const products = new Map(items.map((item) => [item['PK'], Product.parse(item)]))
      return {
        entries: entries.map(({ PK, sortKey }) => ({ position: sortKey, product: onlyActive(products.get(PK)) })),
        more: found.length > size,
      }
    },

    async create(product, event) {
      const outcome = await put(product, event)
      return outcome.ok ? 'created' : 'sku-exists'
    },

    async change(product, event) {
      const outcome = await put(product, event)
      return outcome.ok ? 'changed' : 'stale'
    },
  }
}

async function readProduct(table: Table, productId: string, ConsistentRead: boolean) {
  const Key = productKeyOfId(productId)
  if (!Key) return undefined
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key, ConsistentRead }))
  return Item && Product.parse(Item)
}

/**
 * The most read units of a list, while products have at most 4 KB: "one read capacity unit represents ... two eventually
 * consistent reads per second, for an item up to 4 KB" (DynamoDB developer guide, on-demand capacity mode). The keys of
 * `maxProductsRead` entries are less than 8 KB, one unit for each partition.
 */
export const maxListReadUnits = maxProductsRead / 2 + allCategories.length

const onlyActive = (product: Product | undefined) => (product?.status === 'active' ? product : undefined)
