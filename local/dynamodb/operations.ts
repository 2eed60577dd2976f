import type { DynamoOperation } from './operation.ts'
import { batchGetItem, getItem, transactGetItems } from './operations/get-items.ts'
import { executeStatement } from './operations/partiql.ts'
import { query } from './operations/query.ts'
import { scan } from './operations/scan.ts'
import {
  createTable,
  deleteTable,
  describeContinuousBackups,
  describeTable,
  describeTimeToLive,
  listTables,
  updateTimeToLive,
} from './operations/tables.ts'
import { transactWriteItems } from './operations/transact-write-items.ts'
import { batchWriteItem, deleteItem, putItem, updateItem } from './operations/write-items.ts'

/** Operations on table definitions. */
export const tableOperations: readonly DynamoOperation[] = [
  createTable,
  describeTable,
  listTables,
  deleteTable,
  updateTimeToLive,
  describeTimeToLive,
  describeContinuousBackups,
]

/** Operations that read and write items. */
export const itemOperations: readonly DynamoOperation[] = [
  putItem,
  getItem,
  updateItem,
  deleteItem,
  query,
  scan,
  batchGetItem,
  batchWriteItem,
  transactGetItems,
  transactWriteItems,
]

/** All operations of the endpoint. */
export const operations: readonly DynamoOperation[] = [...tableOperations, ...itemOperations, executeStatement]
