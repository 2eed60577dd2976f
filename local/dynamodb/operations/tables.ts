import { AwsError, validationError } from '../../wire/aws-error.ts'
import { tableAccess } from '../access.ts'
import type { Engine } from '../engine.ts'
import type { DynamoOperation } from '../operation.ts'
import { parseRequest, tableNameMember } from '../request.ts'
import { describeTable as describe } from '../table-description.ts'
import { deleteTable as remove } from '../table-lifecycle.ts'

interface NamedTable {
  readonly tableName: string
}

const parseName = (input: any): NamedTable => ({ tableName: parseRequest(input, tableNameMember).TableName })

const tableNamed = (engine: Engine, tableName: string) =>
  engine.tables.get(tableName, `Requested resource not found: Table: ${tableName} not found`)

export const describeTable: DynamoOperation<NamedTable> = {
  name: 'DescribeTable',
  parse: parseName,
  access: ({ tableName }) => tableAccess('DescribeTable', tableName),
  run: ({ tableName }, engine) => ({ Table: describe(engine, tableNamed(engine, tableName)) }),
}

export const deleteTable: DynamoOperation<NamedTable> = {
  name: 'DeleteTable',
  parse: parseName,
  access: ({ tableName }) => tableAccess('DeleteTable', tableName),
  run({ tableName }, engine) {
    const table = tableNamed(engine, tableName)
    if (table.deletionProtection) {
      throw validationError(
        `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
      )
    }
    const description = describe(engine, table, 'DELETING')
    remove(engine, table)
    return { TableDescription: description }
  },
}

interface ListRequest {
  readonly limit: number
  readonly after?: string
}

export const listTables: DynamoOperation<ListRequest> = {
  name: 'ListTables',
  parse(input) {
    const request = parseRequest(input, {
      ExclusiveStartTableName: { type: 'String' },
      Limit: { type: 'Integer', min: 1, max: 100 },
    })
    return { limit: request.Limit ?? 100, after: request.ExclusiveStartTableName }
  },
  access: () => [{ action: 'dynamodb:ListTables', resource: '*' }],
  run({ limit, after }, engine) {
    const names = engine.tables.all().map((table) => table.name)
    const rest = after === undefined ? names : names.filter((name) => name > after)
    const page = rest.slice(0, limit)
    return { TableNames: page, LastEvaluatedTableName: rest.length > limit ? page.at(-1) : undefined }
  },
}

/** Called by the CLI and consoles; backups are not emulated. */
export const describeContinuousBackups: DynamoOperation<NamedTable> = {
  name: 'DescribeContinuousBackups',
  parse: parseName,
  access: ({ tableName }) => tableAccess('DescribeContinuousBackups', tableName),
  run({ tableName }, engine) {
    if (!engine.tables.find(tableName)) throw new AwsError('TableNotFoundException', `Table not found: ${tableName}`)
    return {
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'DISABLED',
        PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' },
      },
    }
  },
}
