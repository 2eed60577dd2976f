import type { Operation } from '../../wire/service.ts'
import type { Engine } from '../engine.ts'
import { wireOperation, type DynamoOperation } from '../operation.ts'
import { tableNameOf } from '../schema.ts'
import { withoutArns } from '../request.ts'
import { withTableNames } from '../transact-request.ts'
import type { TableEndpoint } from './endpoint.ts'

/**
 * An operation on items, done at the other endpoint. Its request is read as the embedded tables would read it: who may
 * do what is told from there, so what it refuses (an unknown table, a parameter that is not emulated) is not sent.
 * @param wrote is called with the names of the tables once the other side has answered
 */
export function forwarded(
  operation: DynamoOperation,
  options: { engine: Engine; endpoint: TableEndpoint; wrote: (tables: readonly string[]) => void },
): Operation {
  const { engine, endpoint, wrote } = options
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
        wrote(tables)
      }
    },
  }
}

/** The names of all tables that a request is about. */
function tablesOf(input: any): string[] {
  const ofTransaction = (input.TransactItems ?? []).flatMap((entry: object) =>
    Object.values(entry).map((action) => action.TableName),
  )
  const single = input.TableName === undefined ? [] : [input.TableName]
  return [...new Set<string>([...single, ...Object.keys(input.RequestItems ?? {}), ...ofTransaction])]
}

/** An operation on our catalogue, followed by what it takes at the other endpoint. */
export function followed(
  operation: DynamoOperation,
  engine: Engine,
  follow: (output: any, input: any) => Promise<unknown>,
): Operation {
  const embedded = wireOperation(operation, engine)
  return {
    access: embedded.access,
    async handle(input, call) {
      return follow(await embedded.handle(input, call), input)
    },
  }
}
