import type { AttributeValue } from './attribute-value.ts'
import { refusal, withLoans } from './test/library.ts'

/** The messages were recorded from the service by the public conformance suite nubo-db/dynamodb-conformance. */

const TableName = 'loans'
const Key = { PK: { S: 'book' }, SK: { S: 'COPY' } }

async function messageOf(operation: string, input: object): Promise<string> {
  const { execute } = await withLoans()
  const refused = await refusal(execute(operation, input))
  expect(refused.name).toBe('ValidationException')
  return refused.message
}

const notNumeric = 'The parameter cannot be converted to a numeric value'
const outOfRange = (what: string, than: string) =>
  `Number ${what}flow. Attempting to store a number with magnitude ${than} than supported range`
const invalid = (fault: string) => `One or more parameter values were invalid: ${fault}`

const faults: { value: AttributeValue; newer: string; older: string }[] = [
  { value: { N: '' }, newer: `${notNumeric}: `, older: notNumeric },
  { value: { N: '1e2147483647' }, newer: outOfRange('over', 'larger'), older: outOfRange('under', 'smaller') },
  {
    value: { SS: ['b', 'a', 'b', 'c'] },
    newer: invalid('Input collection ["a", "b", "b", "c"] contains duplicates.'),
    older: invalid('Input collection [b, a, b, c] contains duplicates.'),
  },
  {
    value: { BS: ['/w==', 'AA==', 'AA=='] },
    newer: invalid('Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.'),
    older: invalid('Input collection [/w==, AA==, AA==]of type BS contains duplicates.'),
  },
  {
    value: { NS: ['2', '1', '2'] },
    newer: invalid('Input collection contains duplicates.'),
    older: 'Input collection contains duplicates',
  },
]

const compared = (value: AttributeValue) => ({ ExpressionAttributeValues: { ':v': value } })
const counted = (message: string) => `1 validation error detected: ${message}`
const ofValue = (message: string) => `ExpressionAttributeValues contains invalid value: ${message} for key :v`
const requests: Record<string, (value: AttributeValue) => object> = {
  PutItem: (value) => ({ Item: { ...Key, list: { L: [value] } } }),
  UpdateItem: (value) => ({ Key, UpdateExpression: 'SET n = :v', ...compared(value) }),
  DeleteItem: (value) => ({ Key: { ...Key, SK: value } }),
  GetItem: (value) => ({ Key: { ...Key, SK: value } }),
  Query: (value) => ({ KeyConditionExpression: 'PK = :v', ...compared(value) }),
  Scan: (value) => ({ FilterExpression: 'n = :v', ...compared(value) }),
  BatchWriteItem: (value) => ({ RequestItems: { [TableName]: [{ PutRequest: { Item: { ...Key, n: value } } }] } }),
  TransactWriteItems: (value) => ({
    TransactItems: [{ ConditionCheck: { TableName, Key, ConditionExpression: 'n = :v', ...compared(value) } }],
  }),
}

test.each(faults)('the error of the value $value has the wording of its operation', async ({ value, newer, older }) => {
  const messages = Object.entries(requests).map(async ([operation, request]) => [
    operation,
    await messageOf(operation, request(value)),
  ])
  expect(Object.fromEntries(await Promise.all(messages))).toEqual({
    PutItem: counted(newer),
    UpdateItem: counted(newer),
    DeleteItem: counted(newer),
    GetItem: newer,
    Query: newer,
    Scan: ofValue(older),
    BatchWriteItem: older,
    TransactWriteItems: newer,
  })
})

test.each<[input: object, message: string]>([
  [{ ExpressionAttributeValues: {} }, 'ExpressionAttributeValues must not be empty'],
  [{ ExpressionAttributeNames: {} }, 'ExpressionAttributeNames must not be empty'],
  [{ ConditionExpression: '' }, 'Invalid ConditionExpression: The expression can not be empty;'],
  [{ ReturnValues: 'ALL_NEW' }, 'ReturnValues can only be ALL_OLD or NONE'],
])('DeleteItem with %j states the number of errors', async (input, message) => {
  const request = { Key, ConditionExpression: 'attribute_exists(n)', ...input }
  expect(await messageOf('DeleteItem', request)).toBe(counted(message))
})

const nested = (levels: number): AttributeValue => (levels === 0 ? { S: 'x' } : { M: { n: nested(levels - 1) } })
const tooDeep =
  'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit'

test('a request that is nested too deep for the newer validation gets the older messages', async () => {
  const message = (operation: string, levels: number) => messageOf(operation, requests[operation]!(nested(levels)))
  expect(await message('DeleteItem', 61)).toBe(counted(tooDeep))
  expect(await message('DeleteItem', 63)).toBe(tooDeep)
  expect(await message('UpdateItem', 63)).toBe(ofValue(tooDeep))
  expect(await message('TransactWriteItems', 60)).toBe(tooDeep)
  expect(await message('TransactWriteItems', 61)).toBe(ofValue(tooDeep))
  const put = { Item: { ...Key, n: nested(63) }, ReturnValues: 'UPDATED_NEW' }
  expect(await messageOf('PutItem', put)).toBe('ReturnValues can only be ALL_OLD or NONE')
})

test('the first action of a transaction with an error is reported, and its nested values last', async () => {
  const put = (item: object, rest = {}) => ({ Put: { TableName, Item: { ...Key, ...item }, ...rest } })
  const unnamed = put({ '': { S: 'x' } })
  const deep = put({ n: nested(40) })
  const wrong = { ConditionExpression: 'a = = b' }
  const message = (...TransactItems: object[]) => messageOf('TransactWriteItems', { TransactItems })
  const syntaxError = 'Invalid ConditionExpression: Syntax error; token: "=", near: "= = b"'
  expect(await message(unnamed, deep)).toBe('Empty attribute name')
  expect(await message(deep, unnamed)).toBe(tooDeep)
  expect(await message(put({ n: nested(40), '': { S: 'x' } }))).toBe('Empty attribute name')
  expect(await message(deep, put({}, wrong))).toBe(tooDeep)
  expect(await message(put({ n: nested(100) }, wrong))).toBe(syntaxError)
})

test('only an update that is too long is reported without its size', async () => {
  const long = `n = :v${' AND n = :v'.repeat(400)}`
  const request = { Key, ...compared({ S: 'x' }) }
  const tooLong = 'Expression size has exceeded the maximum allowed size;'
  expect(await messageOf('DeleteItem', { ...request, ConditionExpression: long })).toBe(
    counted(`Invalid ConditionExpression: ${tooLong} expression size: ${long.length}`),
  )
  expect(await messageOf('UpdateItem', { ...request, UpdateExpression: `SET ${long}` })).toBe(
    counted(`Invalid UpdateExpression: ${tooLong}`),
  )
})
