import { isDeepStrictEqual } from 'node:util'
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { batchGet } from '#shared/dynamodb/batch-get.ts'
import { conditionalWrite, followsVersion, setFieldsWhen } from '#shared/dynamodb/conditional-write.ts'
import { idempotencyRecord, storedResponse } from '#shared/dynamodb/idempotency-record.ts'
import { mergedQuery } from '#shared/dynamodb/merged-query.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { transactWrite } from '#shared/dynamodb/transact-write.ts'
import { outboxOf } from '#shared/events/outbox.ts'
import { realBackoff, retryWhileContended } from '#shared/retry.ts'
import { categories as allCategories, OfferedProduct, Product } from '../domain/product.ts'
import { archivePartition, categoryPartition, indexKeys, listing, productKey, productKeyOfId } from '../keys.ts'
import { maxProductsRead } from '../use-cases/list-products.ts'
import type { ProductAvailabilities, ProductChanges, ProductReader, ProductWriter } from '../ports.ts'

export const productReader = (table: Table): ProductReader => ({
  find: (productId) => readProduct(table, productId, false),

  async slice({ categories, sort, size, after }) {
    const isArchive = sort === 'archived'
    const list = isArchive
      ? { ...listing.newest, partitions: [archivePartition] }
      : { ...listing[sort], partitions: categories.map(categoryPartition) }
    const found = await mergedQuery(table, { ...list, limit: size + 1, after })
    const entries = found.slice(0, size)
    const items = await batchGet(table, entries)
    const status = isArchive ? 'archived' : 'active'
    const products = new Map(items.map((item) => [item['PK'], OfferedProduct.parse(item)]))
    return {
      entries: entries.map(({ PK, sortKey }) => ({ position: sortKey, product: onlyIn(status, products.get(PK)) })),
      more: found.length > size,
    }
  },
})

const creationBackoff = realBackoff({ attempts: 4, baseMs: 25, maxMs: 200 })

export const productWriter = (table: Table): ProductWriter => ({
  async create(product, event, keyedResponse) {
    const put = {
      TableName: table.name,
      Item: { ...productKey(product.sku), ...indexKeys(product), ...product, ...outboxOf([event]) },
      ...followsVersion(product.version),
    }
    const record =
      keyedResponse && idempotencyRecord(table.name, keyedResponse.request, keyedResponse.response, keyedResponse.time)
    // A transaction also for one item: repeated by the SDK after a lost response, it is recognized by its token.
    const outcome = await retryWhileContended(
      creationBackoff,
      () => transactWrite(table, [{ Put: put }, ...(record ? [record] : [])]),
      ({ kind }) => kind === 'conflict',
    )
    if (outcome.kind === 'committed') return { kind: 'created' }
    if (outcome.kind === 'conflict') return { kind: 'contended' }
    return outcome.failed.has(1)
      ? { kind: 'key-used', stored: storedResponse(outcome.failed.get(1)) }
      : { kind: 'sku-exists' }
  },
})

export const productChanges = (table: Table): ProductChanges => ({
  current: (productId) => readProduct(table, productId, true),

  async change(product, event) {
    const stored = Product.parse(product)
    const outcome = await conditionalWrite(
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: productKey(product.sku),
          ...setFieldsWhen(
            // Not the availability, which another function stores meanwhile.
            { ...indexKeys(product), ...stored, ...outboxOf([event]) },
            followsVersion(product.version),
          ),
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      ),
    )
    // The SDK repeats a write whose response was lost: then this version is stored already.
    return outcome.ok || isDeepStrictEqual(stored, Product.safeParse(outcome.failure).data) ? 'changed' : 'stale'
  },
})

export const productAvailabilities = (table: Table): ProductAvailabilities => ({
  async set({ sku, stockVersion, availability }) {
    const outcome = await conditionalWrite(
      table.client.send(
        new UpdateCommand({
          TableName: table.name,
          Key: productKey(sku),
          // Without the outbox of the last change, the relay is not invoked.
          ...setFieldsWhen(
            { availability, stockVersion, ...outboxOf([]) },
            {
              ConditionExpression:
                'attribute_exists(PK) AND (attribute_not_exists(stockVersion) OR stockVersion < :stockVersion)',
            },
          ),
        }),
      ),
    )
    return outcome.ok ? 'set' : 'outdated'
  },
})

/** Every port of the table. A function takes only its own, since its bundle contains what they need. */
export const productTable = (table: Table): ProductReader & ProductWriter & ProductChanges & ProductAvailabilities => ({
  ...productReader(table),
  ...productWriter(table),
  ...productChanges(table),
  ...productAvailabilities(table),
})

async function readProduct(table: Table, productId: string, ConsistentRead: boolean) {
  const Key = productKeyOfId(productId)
  if (!Key) return undefined
  const { Item } = await table.client.send(new GetCommand({ TableName: table.name, Key, ConsistentRead }))
  return Item && OfferedProduct.parse(Item)
}

/**
 * The most read units of a list, while products have at most 4 KB: "one read capacity unit represents ... two eventually
 * consistent reads per second, for an item up to 4 KB" (DynamoDB developer guide, on-demand capacity mode). The keys of
 * `maxProductsRead` entries are less than 8 KB, one unit for each partition.
 */
export const maxListReadUnits = maxProductsRead / 2 + allCategories.length

const onlyIn = (status: Product['status'], product: OfferedProduct | undefined) =>
  product?.status === status ? product : undefined
