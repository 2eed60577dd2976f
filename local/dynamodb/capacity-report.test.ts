import { ManualClock } from '../clock.ts'
import { State } from '../state/state.ts'
import type { SpentCapacity } from './engine.ts'
import { DynamoDbService } from './service.ts'
import { loansTable } from './test/library.ts'

const TableName = 'loans'
const Key = { PK: { S: 'a' }, SK: { S: 'k' } }

test('onCapacity receives the consumed capacity, which a response contains only when requested', async () => {
  const spent: SpentCapacity[] = []
  const service = new DynamoDbService({
    state: new State(':memory:'),
    clock: new ManualClock(),
    onCapacity: (capacity) => spent.push(capacity),
  })
  await service.execute('CreateTable', loansTable)
  const Item = { ...Key, text: { S: 'x'.repeat(1500) } }

  expect(await service.execute('PutItem', { TableName, Item })).toEqual({})
  const response = await service.execute('GetItem', { TableName, Key, ReturnConsumedCapacity: 'TOTAL' })
  expect(response.ConsumedCapacity).toEqual({ TableName, CapacityUnits: 0.5 })
  await service.execute('TransactWriteItems', { TransactItems: [{ Put: { TableName, Item } }] })
  await service.execute('Query', {
    TableName,
    KeyConditionExpression: 'PK = :a',
    ExpressionAttributeValues: { ':a': Key.PK },
  })

  expect(spent.map(({ operation, readUnits, writeUnits }) => [operation, readUnits, writeUnits])).toEqual([
    ['PutItem', 0, 2],
    ['GetItem', 0.5, 0],
    ['TransactWriteItems', 0, 4],
    ['Query', 0.5, 0],
  ])
})
