import {
  BatchGetItemCommand,
  DeleteItemCommand,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { DeniedCall, FunctionClients, Names } from '../denied-call.ts'

/** The key of an item with this prefix. */
export const key = (PK: string) => ({ PK: { S: `${PK}1` }, SK: { S: 'IT' } })

export const ofTable = ({ table }: Names) => `table/${table}`
const ofIndex =
  (index: string) =>
  ({ table }: Names) =>
    `table/${table}/index/${index}`

/** A call on one item, by an operation that specifies its key. */
export function onItem(
  caller: string,
  operation: 'GetItem' | 'PutItem' | 'DeleteItem',
  prefix: string,
  reason: string,
): DeniedCall {
  const call = ({ dynamodb }: FunctionClients, { table: TableName }: Names) => {
    if (operation === 'GetItem') return dynamodb.send(new GetItemCommand({ TableName, Key: key(prefix) }))
    if (operation === 'PutItem') return dynamodb.send(new PutItemCommand({ TableName, Item: key(prefix) }))
    return dynamodb.send(new DeleteItemCommand({ TableName, Key: key(prefix) }))
  }
  return { caller, action: `dynamodb:${operation}`, resource: ofTable, reason, call }
}

export function update(
  caller: string,
  prefix: string,
  attribute: string,
  reason: string,
  more: object = {},
): DeniedCall {
  return {
    caller,
    action: 'dynamodb:UpdateItem',
    resource: ofTable,
    reason,
    call: ({ dynamodb }, { table: TableName }) =>
      dynamodb.send(
        new UpdateItemCommand({
          TableName,
          Key: key(prefix),
          UpdateExpression: `SET #a = :v`,
          ExpressionAttributeNames: { '#a': attribute },
          ExpressionAttributeValues: { ':v': { S: 'x' } },
          ...more,
        }),
      ),
  }
}

export function query(caller: string, index: 'GSI1' | 'GSI2' | undefined, prefix: string, reason: string): DeniedCall {
  return {
    caller,
    action: 'dynamodb:Query',
    resource: index ? ofIndex(index) : ofTable,
    reason,
    call: ({ dynamodb }, { table: TableName }) =>
      dynamodb.send(
        new QueryCommand({
          TableName,
          ...(index ? { IndexName: index } : {}),
          KeyConditionExpression: '#k = :k',
          ExpressionAttributeNames: { '#k': index ? `${index}PK` : 'PK' },
          ExpressionAttributeValues: { ':k': { S: `${prefix}1` } },
        }),
      ),
  }
}

export function batchGet(caller: string, prefixes: string[], reason: string, attributes?: string): DeniedCall {
  const keys = { Keys: prefixes.map(key), ...(attributes ? { ProjectionExpression: attributes } : {}) }
  return {
    caller,
    action: 'dynamodb:BatchGetItem',
    resource: ofTable,
    reason,
    call: ({ dynamodb }, { table }) => dynamodb.send(new BatchGetItemCommand({ RequestItems: { [table]: keys } })),
  }
}

export const partiQl = (caller: string, verb: string, text: (table: string) => string, reason: string): DeniedCall => ({
  caller,
  action: `dynamodb:PartiQL${verb}`,
  resource: ofTable,
  reason,
  call: ({ dynamodb }, { table }) => dynamodb.send(new ExecuteStatementCommand({ Statement: text(table) })),
})

export const scan = (caller: string, index: 'GSI1' | 'GSI2' | undefined, reason: string): DeniedCall => ({
  caller,
  action: 'dynamodb:Scan',
  resource: index ? ofIndex(index) : ofTable,
  reason,
  call: ({ dynamodb }, { table: TableName }) =>
    dynamodb.send(new ScanCommand({ TableName, ...(index ? { IndexName: index } : {}) })),
})
