import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { DeniedCall, Hands, Places } from '../denied-call.ts'

const key = (PK: string) => ({ PK: { S: `${PK}1` }, SK: { S: 'IT' } })

const ofTable = ({ table }: Places) => `table/${table}`
const ofIndex =
  (index: string) =>
  ({ table }: Places) =>
    `table/${table}/index/${index}`

/** One item, by an operation that names its key. */
function onItem(who: string, operation: 'GetItem' | 'PutItem' | 'DeleteItem', prefix: string, why: string): DeniedCall {
  const call = ({ dynamodb }: Hands, { table: TableName }: Places) => {
    if (operation === 'GetItem') return dynamodb.send(new GetItemCommand({ TableName, Key: key(prefix) }))
    if (operation === 'PutItem') return dynamodb.send(new PutItemCommand({ TableName, Item: key(prefix) }))
    return dynamodb.send(new DeleteItemCommand({ TableName, Key: key(prefix) }))
  }
  return { who, action: `dynamodb:${operation}`, resource: ofTable, why, call }
}

function update(who: string, prefix: string, attribute: string, why: string, more: object = {}): DeniedCall {
  return {
    who,
    action: 'dynamodb:UpdateItem',
    resource: ofTable,
    why,
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

function query(who: string, index: 'GSI1' | 'GSI2' | undefined, prefix: string, why: string): DeniedCall {
  return {
    who,
    action: 'dynamodb:Query',
    resource: index ? ofIndex(index) : ofTable,
    why,
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

function batchGet(who: string, prefixes: string[], why: string, attributes?: string): DeniedCall {
  const keys = { Keys: prefixes.map(key), ...(attributes ? { ProjectionExpression: attributes } : {}) }
  return {
    who,
    action: 'dynamodb:BatchGetItem',
    resource: ofTable,
    why,
    call: ({ dynamodb }, { table }) => dynamodb.send(new BatchGetItemCommand({ RequestItems: { [table]: keys } })),
  }
}

const partiQl = (who: string, verb: string, text: (table: string) => string, why: string): DeniedCall => ({
  who,
  action: `dynamodb:PartiQL${verb}`,
  resource: ofTable,
  why,
  call: ({ dynamodb }, { table }) => dynamodb.send(new ExecuteStatementCommand({ Statement: text(table) })),
})

/** Every grant ends at the keys, the operations and the attributes that it names. */
export const deniedAtTheTable: readonly DeniedCall[] = [
  onItem('catalog-get-product', 'GetItem', 'USER#', "customers' data is no business of the catalogue"),
  onItem('catalog-link-images', 'PutItem', 'STOCK#', 'stock is written by inventory alone'),
  onItem('catalog-link-images', 'DeleteItem', 'PRODUCT#', 'nothing deletes a product'),
  onItem('catalog-list-products', 'PutItem', 'PRODUCT#', 'who lists does not write'),
  onItem('orders-get-order', 'GetItem', 'PAYMENT#', 'a payment token is never read by orders'),
  onItem(
    'orders-get-order',
    'GetItem',
    'IDEMPOTENCY#placeOrder#',
    'another prefix of the own service is not granted either',
  ),
  onItem('orders-place-order', 'GetItem', 'PAYMENT#', 'what may be put may not be read'),
  onItem('orders-place-order', 'GetItem', 'USER#', 'the counters move without being read'),
  onItem('orders-place-order', 'DeleteItem', 'ORDER#', 'an order is never deleted'),
  onItem('orders-apply-events', 'PutItem', 'STOCK#', 'the answer of the stock does not change the stock'),
  onItem('inventory-reserve-stock', 'GetItem', 'ORDER#', 'inventory knows of orders what the event tells'),
  onItem('inventory-reserve-stock', 'PutItem', 'STOCK#', 'stock is counted up and down, never overwritten'),
  onItem('inventory-reserve-stock', 'DeleteItem', 'RESERVATION#', 'a reservation is never deleted'),
  onItem('users-register-user', 'GetItem', 'USER#', 'a profile is written once and not read'),
  onItem('users-staff-authorizer', 'GetItem', 'USER#', 'the authorizer has no table'),
  onItem('api-health', 'GetItem', 'PRODUCT#', 'a health check has no table'),
  onItem('event-relay-relay', 'GetItem', 'ORDER#', 'the relay reads the stream, not the table'),
  onItem('thumbnails-get-upload', 'GetItem', 'USER#', 'uploads know no profiles'),
  onItem('thumbnails-create-upload', 'GetItem', 'PRODUCT#', 'only staff upload for products'),

  update('orders-get-order', 'ORDER#', 'status', 'who reads an order does not change it'),
  update('orders-place-order', 'USER#', 'email', 'of a profile only the counters are granted'),
  update('orders-place-order', 'USER#', 'orderCount', 'the answer would hold the whole profile', {
    ReturnValues: 'ALL_NEW',
  }),
  update('orders-place-order', 'STOCK#', 'available', 'placing an order takes no stock'),
  update('inventory-get-stock', 'STOCK#', 'available', 'who reads stock does not set it'),
  update('inventory-adjust-stock', 'RESERVATION#', 'state', 'a count does not touch reservations'),
  update('notifications-send-mail', 'USER#', 'notifications', 'a mail does not change what the customer chose'),
  update('users-get-me', 'USER#', 'name', 'who reads a profile does not change it'),

  batchGet('catalog-list-products', ['PRODUCT#', 'ORDER#'], 'one foreign key refuses the whole batch'),
  batchGet('orders-place-order', ['PRODUCT#'], 'without a list of attributes all would come'),
  batchGet('orders-place-order', ['PRODUCT#'], 'an attribute that is not granted', 'PK, SK, description'),
  batchGet('inventory-get-stock', ['RESERVATION#'], 'only the stock itself is read'),

  query('catalog-get-product', undefined, 'PRODUCT#', 'one product is read by its key'),
  query('catalog-list-products', 'GSI1', 'CUSTOMER#', 'the same index holds the orders of customers'),
  query('catalog-list-products', 'GSI2', 'ORDERS#', 'the same index holds the orders of a month'),
  query('orders-list-orders', 'GSI1', 'CATALOG#', 'the same index holds the catalogue'),
  query('orders-list-orders', 'GSI2', 'ORDERS#', "a customer's list does not read everybody's orders"),
  query('orders-admin-list-orders', 'GSI2', 'CATALOG#', 'the same index holds the catalogue'),

  {
    who: 'notifications-send-mail',
    action: 'dynamodb:GetItem',
    resource: ofTable,
    why: 'of a profile only the contact is granted',
    call: ({ dynamodb }, { table: TableName }) =>
      dynamodb.send(new GetItemCommand({ TableName, Key: key('USER#'), ProjectionExpression: 'email, orderCount' })),
  },
  {
    who: 'orders-place-order',
    action: 'dynamodb:UpdateItem',
    resource: ofTable,
    why: 'one foreign item refuses the whole transaction',
    call: ({ dynamodb }, { table: TableName }) =>
      dynamodb.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: { TableName, Item: key('ORDER#') } },
            {
              Update: {
                TableName,
                Key: key('STOCK#'),
                UpdateExpression: 'SET available = :n',
                ExpressionAttributeValues: { ':n': { N: '0' } },
              },
            },
          ],
        }),
      ),
  },
  {
    who: 'orders-get-order',
    action: 'dynamodb:GetItem',
    resource: ofTable,
    why: 'a transaction of reads is held to the same keys',
    call: ({ dynamodb }, { table: TableName }) =>
      dynamodb.send(
        new TransactGetItemsCommand({
          TransactItems: ['ORDER#', 'USER#'].map((prefix) => ({ Get: { TableName, Key: key(prefix) } })),
        }),
      ),
  },
  {
    who: 'orders-place-order',
    action: 'dynamodb:ConditionCheckItem',
    resource: ofTable,
    why: 'a check in a transaction asks about an item, too',
    call: ({ dynamodb }, { table: TableName }) =>
      dynamodb.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            {
              ConditionCheck: { TableName, Key: key('STOCK#'), ConditionExpression: 'attribute_exists(PK)' },
            },
          ],
        }),
      ),
  },
  {
    who: 'orders-apply-events',
    action: 'dynamodb:BatchWriteItem',
    resource: ofTable,
    why: 'writes without conditions are nobody’s',
    call: ({ dynamodb }, { table }) =>
      dynamodb.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: [{ PutRequest: { Item: key('ORDER#') } }] } }),
      ),
  },
  {
    who: 'catalog-list-products',
    action: 'dynamodb:Scan',
    resource: ofTable,
    why: 'a scan has no leading key that a condition could hold it to',
    call: ({ dynamodb }, { table: TableName }) => dynamodb.send(new ScanCommand({ TableName })),
  },
  {
    who: 'orders-list-orders',
    action: 'dynamodb:Scan',
    resource: ofIndex('GSI1'),
    why: 'nor has the scan of an index',
    call: ({ dynamodb }, { table: TableName }) => dynamodb.send(new ScanCommand({ TableName, IndexName: 'GSI1' })),
  },
  {
    who: 'users-get-me',
    action: 'dynamodb:DescribeTable',
    resource: ofTable,
    why: 'functions do not look at the table itself',
    call: ({ dynamodb }, { table: TableName }) => dynamodb.send(new DescribeTableCommand({ TableName })),
  },
  partiQl('orders-get-order', 'Select', (table) => `SELECT * FROM "${table}"`, 'PartiQL is a scan by another name'),
  partiQl(
    'orders-place-order',
    'Insert',
    (table) => `INSERT INTO "${table}" VALUE {'PK':'ORDER#1'}`,
    'nor may it write',
  ),
]
