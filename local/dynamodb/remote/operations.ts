import type { Operation } from '../../wire/service.ts'
import type { Engine } from '../engine.ts'
import { wireOperation, type DynamoOperation } from '../operation.ts'
import { tableNameOf } from '../schema.ts'
import { withoutArns } from '../request.ts'
import { withTableNames } from '../transact-request.ts'
import type { TableEndpoint } from './endpoint.ts'

/**
 * An operation on items, executed by the remote endpoint. Its request is validated like one to the embedded tables, since
 * the IAM access is derived from it: an invalid request (unknown table, unsupported parameter) is not sent.
 * @param onWrite called with the names of the tables after the endpoint has responded
 */
export function forwardOperation(
  operation: DynamoOperation,
  options: { engine: Engine; endpoint: TableEndpoint; onWrite: (tables: readonly string[]) => void },
): Operation {
  const { engine, endpoint, onWrite } = options
  const checked = wireOperation({ ...operation, run: () => undefined }, engine)
  return {
    access: checked.access,
    async handle(input, call) {
      await checked.handle(input, call)
      const named = withTableNames(withoutArns({ ...input, TableName: tableNameOf(input.TableName) }))
      const tables = tablesOf(named)
      for (const name of tables) engine.tables.get(name)
      try {
        return await endpoint.call('DynamoDB', operation.name, named)
      } finally {
        onWrite(tables)
      }
    },
  }
}

/** The names of all tables of a request. */
function tablesOf(input: any): string[] {
  const ofTransaction = (input.TransactItems ?? []).flatMap((entry: object) =>
    Object.values(entry).map((action) => action.TableName),
  )
  const single = input.TableName === undefined ? [] : [input.TableName]
  return [...new Set<string>([...single, ...Object.keys(input.RequestItems ?? {}), ...ofTransaction])]
}

/** An operation on the local table definitions, followed by the corresponding change at the remote endpoint. */
export function mirrorOperation(
  operation: DynamoOperation,
  engine: Engine,
  mirror: (output: any, input: any) => Promise<unknown>,
): Operation {
  const embedded = wireOperation(operation, engine)
  return {
    access: embedded.access,
    async handle(input, call) {
      return mirror(await embedded.handle(input, call), input)
    },
  }
}
