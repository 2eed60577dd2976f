import { arn } from '../assembly/provider.ts'

export type KeyType = 'S' | 'N' | 'B'

/** The partition key and optional sort key of a table or an index. */
export interface KeySchema {
  readonly partition: KeyAttribute
  readonly sort?: KeyAttribute
}

export interface KeyAttribute {
  readonly name: string
  readonly type: KeyType
}

export interface IndexSchema {
  readonly name: string
  readonly kind: 'global' | 'local'
  readonly key: KeySchema
  readonly projection: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'
  /** Attributes beyond the keys, for `INCLUDE`. */
  readonly included: readonly string[]
}

export type StreamViewType = 'KEYS_ONLY' | 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES'

/** The settings of a table in a template or CreateTable request. */
export interface TableSchema {
  readonly name: string
  readonly key: KeySchema
  readonly indexes: readonly IndexSchema[]
  readonly streamViewType?: StreamViewType
  readonly timeToLiveAttribute?: string
  readonly billingMode: 'PAY_PER_REQUEST' | 'PROVISIONED'
  readonly deletionProtection: boolean
}

export interface Table extends TableSchema {
  /** Key of the table's rows in the store. */
  readonly rowId: number
  /** The `TableId`, a UUID. */
  readonly tableId: string
  readonly createdMs: number
  /** The time when its stream was enabled; part of the stream's ARN. */
  readonly streamLabel?: string
}

export const tableArn = (name: string) => arn('dynamodb', `table/${name}`)

export const indexArn = (tableName: string, indexName: string) => `${tableArn(tableName)}/index/${indexName}`

export const streamArnOf = (table: Table): string | undefined =>
  table.streamLabel === undefined ? undefined : `${tableArn(table.name)}/stream/${table.streamLabel}`

export const keyAttributes = (key: KeySchema): KeyAttribute[] =>
  key.sort === undefined ? [key.partition] : [key.partition, key.sort]

/** The attributes that an index projects, or undefined for all. */
export function projectedAttributes(table: TableSchema, index: IndexSchema): string[] | undefined {
  if (index.projection === 'ALL') return undefined
  const keys = [...keyAttributes(table.key), ...keyAttributes(index.key)].map((attribute) => attribute.name)
  return [...new Set([...keys, ...index.included])]
}

/** Clients may use a table's ARN as its name. */
export function tableNameOf(nameOrArn: unknown): unknown {
  if (typeof nameOrArn !== 'string' || !nameOrArn.startsWith('arn:')) return nameOrArn
  return nameOrArn.split(':table/')[1] ?? nameOrArn
}
