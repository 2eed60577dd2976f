import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { mergedQuery } from '#shared/dynamodb/merged-query.ts'
import { eventsAttribute } from '#shared/events/envelope.ts'
import { Product } from '../domain/product.ts'
import type { ProductChanges, ProductReader, ProductWriter } from '../ports.ts'
import { categoryPartition, indexKeys, listing, productKey, productKeyOfId } from '../keys.ts'

/** Products in the table. What is read is parsed, so that a foreign or broken item is found out here. */
export function productTable(table: Table): ProductReader & ProductWriter & ProductChanges {
  return {
    async find(productId) {
      return readProduct(table, productId, { consistent: false })
    },

    async current(productId) {
      return readProduct(table, productId, { consistent: true })
    },

    async slice({ categories, sort, size, after }) {
      const partitions = categories.map(categoryPartition)
      const entries = await mergedQuery(table, { ...listing[sort], partitions, limit: size, after })
      const items = await batchGet(
        table,
        entries.map(({ PK, SK }) => ({ PK, SK })),
      )
      const products = new Map(items.map((item) => [item['PK'], Product.parse(item)]))
      return entries.map(({ PK, sortKey }) => ({ position: sortKey, product: onlyActive(products.get(PK)) }))
    },

    async create(product, event) {
      const item = { ...productKey(product.sku), ...indexKeys(product), ...product, [eventsAttribute]: [event] }
      try {
        await table.client.send(
          new PutCommand({ TableName: table.name, Item: item, ConditionExpression: 'attribute_not_exists(PK)' }),
        )
        return 'created'
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'sku-taken'
        throw error
      }
    },

    /** The item is written anew as a whole, so that it leaves the lists when it is archived. */
    async change(product, event) {
      try {
        await table.client.send(
          new PutCommand({
            TableName: table.name,
            Item: { ...productKey(product.sku), ...indexKeys(product), ...product, [eventsAttribute]: [event] },
            ConditionExpression: '#version = :before',
            ExpressionAttributeNames: { '#version': 'version' },
            ExpressionAttributeValues: { ':before': product.version - 1 },
          }),
        )
        return 'changed'
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'stale'
        throw error
      }
    },
  }
}

async function readProduct(table: Table, productId: string, { consistent }: { consistent: boolean }) {
  const key = productKeyOfId(productId)
  if (!key) return undefined
  const { Item } = await table.client.send(
    new GetCommand({ TableName: table.name, Key: key, ConsistentRead: consistent }),
  )
  return Item && Product.parse(Item)
}

const onlyActive = (product: Product | undefined) => (product?.status === 'active' ? product : undefined)
