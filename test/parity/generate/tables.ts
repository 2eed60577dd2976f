import type { Item } from '@cartwheel/local/testing'
import type { Chance } from './chance.ts'

/** A table that a sequence works on. */
export interface ShapedTable {
  readonly name: string
  readonly definition: any
  readonly keyNames: readonly string[]
  /** Index by name; undefined is the table itself. */
  readonly sources: readonly Source[]
  key(chance: Chance): Item
}

export interface Source {
  readonly index?: string
  readonly kind: 'table' | 'global' | 'local'
  readonly partition: string
  readonly sort?: string
}

type KeyType = 'S' | 'N' | 'B'

const keyValues: Record<KeyType, readonly string[]> = {
  S: ['a', 'b', 'ba', 'c', 'é'],
  // In canonical form: in the keys of stream records DynamoDB Local does not normalize numbers.
  N: ['1', '2', '-3', '10', '2.5'],
  B: ['AA==', 'AQ==', 'AQI=', '/w=='],
}

const attribute = (AttributeName: string, AttributeType: KeyType) => ({ AttributeName, AttributeType })
const keySchema = (partition: string, sort?: string) => [
  { AttributeName: partition, KeyType: 'HASH' },
  ...(sort === undefined ? [] : [{ AttributeName: sort, KeyType: 'RANGE' }]),
]
const streamOf = (chance: Chance) => ({
  StreamEnabled: true,
  StreamViewType: chance.pick(['NEW_AND_OLD_IMAGES', 'NEW_AND_OLD_IMAGES', 'NEW_IMAGE', 'OLD_IMAGE', 'KEYS_ONLY']),
})

const index = (IndexName: string, KeySchema: object, Projection: object) => ({ IndexName, KeySchema, Projection })

/** A table with a sort key, a local and three global indexes, and a table with only a partition key. */
export function shapedTables(chance: Chance): ShapedTable[] {
  return [shelves(chance), readers(chance)]
}

function shelves(chance: Chance): ShapedTable {
  const partitionType = chance.pick(['S', 'S', 'N', 'B'] as const)
  const sortType = chance.pick(['S', 'N', 'B'] as const)
  const name = 'parity-shelves'
  return {
    name,
    keyNames: ['pk', 'sk'],
    definition: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        attribute('pk', partitionType),
        attribute('sk', sortType),
        attribute('gk', 'S'),
        attribute('gs', 'N'),
        attribute('ls', 'S'),
      ],
      KeySchema: keySchema('pk', 'sk'),
      GlobalSecondaryIndexes: [
        index('byGroup', keySchema('gk', 'gs'), { ProjectionType: 'ALL' }),
        index('keysOnly', keySchema('gk'), { ProjectionType: 'KEYS_ONLY' }),
        index('withNumber', keySchema('ls', 'gs'), { ProjectionType: 'INCLUDE', NonKeyAttributes: ['n', 'm'] }),
      ],
      LocalSecondaryIndexes: [index('byLabel', keySchema('pk', 'ls'), { ProjectionType: 'KEYS_ONLY' })],
      StreamSpecification: streamOf(chance),
    },
    sources: [
      { kind: 'table', partition: 'pk', sort: 'sk' },
      { kind: 'table', partition: 'pk', sort: 'sk' },
      { kind: 'global', index: 'byGroup', partition: 'gk', sort: 'gs' },
      { kind: 'global', index: 'keysOnly', partition: 'gk' },
      { kind: 'global', index: 'withNumber', partition: 'ls', sort: 'gs' },
      { kind: 'local', index: 'byLabel', partition: 'pk', sort: 'ls' },
    ],
    key: (any) => ({
      pk: { [partitionType]: any.pick(keyValues[partitionType].slice(0, 2)) },
      sk: { [sortType]: any.pick(keyValues[sortType]) },
    }),
  }
}

function readers(chance: Chance): ShapedTable {
  const type = chance.pick(['S', 'N', 'B'] as const)
  const name = 'parity-readers'
  return {
    name,
    keyNames: ['id'],
    definition: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [attribute('id', type)],
      KeySchema: keySchema('id'),
      StreamSpecification: streamOf(chance),
    },
    sources: [{ kind: 'table', partition: 'id' }],
    key: (any) => ({ id: { [type]: any.pick(keyValues[type].slice(0, 4)) } }),
  }
}
