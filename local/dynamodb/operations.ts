import type { DynamoOperation } from './operation.ts'
import { batchGetItem } from './operations/batch-get-item.ts'
import { batchWriteItem } from './operations/batch-write-item.ts'
import { createTable } from './operations/create-table.ts'
import { getItem } from './operations/get-item.ts'
import { query } from './operations/query.ts'
import { scan } from './operations/scan.ts'
import { deleteTable, describeContinuousBackups, describeTable, listTables } from './operations/tables.ts'
import { describeTimeToLive, updateTimeToLive } from './operations/time-to-live.ts'
import { transactGetItems } from './operations/transact-get-items.ts'
import { transactWriteItems } from './operations/transact-write-items.ts'
import { deleteItem, putItem, updateItem } from './operations/write-item.ts'
import { executeStatement } from './operations/partiql.ts'

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
