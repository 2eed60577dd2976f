import {
  BatchWriteItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { InvokeCommand } from '@aws-sdk/client-lambda'
import { PurgeQueueCommand } from '@aws-sdk/client-sqs'
import { logGroupOf } from '#shared/lambda/lambda-names.ts'
import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { onQueue, publish, receive, sendMessage } from '#test/least-privilege/denied/services.ts'
import { batchGet, key, ofTable, onItem, partiQl, query, scan, update } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  batchGet('orders-get-order', ['PAYMENT#'], 'orders never reads a payment token'),
  batchGet('orders-get-order', ['ORDER#', 'IDEMPOTENCY#cancelOrder#'], 'another prefix is not granted either'),
  onItem('orders-place-order', 'GetItem', 'PAYMENT#', 'a payment token may be written and not read'),
  onItem('orders-place-order', 'GetItem', 'USER#', 'of the counters only the rate is read'),
  onItem('orders-place-order', 'DeleteItem', 'ORDER#', 'an order is never deleted'),
  onItem('orders-apply-events', 'PutItem', 'STOCK#', 'applying an event does not change stock'),

  onItem('orders-cancel-order', 'PutItem', 'IDEMPOTENCY#adminRefundOrder#', 'each route stores its own responses only'),
  onItem('orders-admin-deliver-order', 'PutItem', 'STOCK#', 'a delivery does not change stock'),
  onItem('orders-admin-list-orders', 'GetItem', 'USER#', 'staff look up an id by email, not the profile'),
  onItem('orders-admin-get-order', 'GetItem', 'USER#', 'of the profile only the email address is read'),
  onItem('orders-admin-get-order', 'GetItem', 'PAYMENT#', 'of a payment the token is not read'),

  update('orders-get-order', 'ORDER#', 'status', 'a read does not change the order'),
  update('orders-place-order', 'USER#', 'email', 'only the counters of a profile are granted'),
  update('orders-place-order', 'USER#', 'orderCount', 'it would return the whole profile', { ReturnValues: 'ALL_NEW' }),

  {
    caller: 'orders-place-order',
    action: 'dynamodb:PutItem',
    resource: ofTable,
    reason: 'a write would return the payment token that it replaces',
    call: ({ dynamodb }, { table: TableName }) =>
      dynamodb.send(new PutItemCommand({ TableName, Item: key('PAYMENT#'), ReturnValues: 'ALL_OLD' })),
  },

  batchGet('orders-place-order', ['PRODUCT#'], 'without a list of attributes all would be returned'),
  batchGet('orders-place-order', ['PRODUCT#'], 'one attribute is not granted', 'PK, SK, description'),

  query('orders-list-orders', 'GSI1', 'CATALOG#', 'the same index holds the catalog'),
  query('orders-list-orders', 'GSI2', 'ORDERS#', "a customer's list does not read all customers' orders"),
  query('orders-admin-list-orders', 'GSI2', 'CATALOG#', 'the same index holds the catalog'),
  scan('orders-list-orders', 'GSI1', 'the scan of an index has no leading key either'),

  {
    caller: 'orders-place-order',
    action: 'dynamodb:UpdateItem',
    resource: ofTable,
    reason: 'one foreign item denies the whole transaction',
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
    caller: 'orders-place-order',
    action: 'dynamodb:GetItem',
    resource: ofTable,
    reason: 'a transaction of reads is confined to the same keys',
    call: ({ dynamodb }, { table: TableName }) =>
      dynamodb.send(
        new TransactGetItemsCommand({
          TransactItems: ['ORDER#', 'PAYMENT#'].map((prefix) => ({ Get: { TableName, Key: key(prefix) } })),
        }),
      ),
  },
  {
    caller: 'orders-place-order',
    action: 'dynamodb:ConditionCheckItem',
    resource: ofTable,
    reason: 'a condition check also reads an item',
    call: ({ dynamodb }, { table: TableName }) =>
      dynamodb.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { ConditionCheck: { TableName, Key: key('STOCK#'), ConditionExpression: 'attribute_exists(PK)' } },
          ],
        }),
      ),
  },
  {
    caller: 'orders-apply-events',
    action: 'dynamodb:BatchWriteItem',
    resource: ofTable,
    reason: 'no function writes without a condition',
    call: ({ dynamodb }, { table }) =>
      dynamodb.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: [{ PutRequest: { Item: key('ORDER#') } }] } }),
      ),
  },
  partiQl('orders-get-order', 'Select', (table) => `SELECT * FROM "${table}"`, 'this PartiQL statement is a scan'),
  partiQl(
    'orders-place-order',
    'Insert',
    (table) => `INSERT INTO "${table}" VALUE {'PK':'ORDER#1'}`,
    'PartiQL writes are denied too',
  ),

  onQueue(
    'orders-apply-events',
    'ReceiveMessage',
    'orders-apply-events-dlq',
    'only operators read dead letters',
    receive,
  ),
  onQueue('orders-apply-events', 'SendMessage', 'orders-apply-events', 'only rules send to queues', sendMessage),
  onQueue('orders-apply-events', 'PurgeQueue', 'orders-apply-events', 'it would lose events', ({ sqs }, QueueUrl) =>
    sqs.send(new PurgeQueueCommand({ QueueUrl })),
  ),
  publish('orders-place-order', ({ bus }) => bus, 'only the relay publishes'),
  {
    caller: 'orders-place-order',
    action: 'lambda:InvokeFunction',
    resource: ({ named }) => `function:${named('catalog-list-products')}`,
    reason: 'functions do not invoke each other',
    call: ({ lambda }, { named }) => lambda.send(new InvokeCommand({ FunctionName: named('catalog-list-products') })),
  },
  {
    caller: 'orders-place-order',
    action: 'logs:FilterLogEvents',
    resource: ({ named }) => `log-group:${logGroupOf(named('users-register-user'))}*`,
    reason: 'functions write logs and do not read them',
    call: ({ logs }, { named }) =>
      logs.send(new FilterLogEventsCommand({ logGroupName: logGroupOf(named('users-register-user')) })),
  },
]
