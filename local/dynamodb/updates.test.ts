import { refusal, withLoans } from './test/library.ts'

const key = { PK: { S: 'BOOK#1' }, SK: { S: 'LOAN#1' } }
const before = {
  ...key,
  count: { N: '10' },
  list: { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }] },
  map: { M: { x: { N: '1' }, deep: { M: {} } } },
  tags: { SS: ['blue', 'red'] },
  numbers: { NS: ['1', '2'] },
}

const values = {
  ':n': { N: '3' },
  ':s': { S: 'new' },
  ':l': { L: [{ S: 'z' }] },
  ':e': { L: [] },
  ':t': { SS: ['blue', 'green'] },
  ':all': { SS: ['blue', 'red'] },
  ':u': { NS: ['2', '3'] },
  ':big': { N: '99999999999999999999999999999999999999' },
}

const table: [expression: string, after: Record<string, unknown>][] = [
  ['SET #c = :n', { count: { N: '3' } }],
  ['SET #c = #c + :n', { count: { N: '13' } }],
  ['SET #c = #c - :n', { count: { N: '7' } }],
  ['SET #c = :n - #c', { count: { N: '-7' } }],
  ['SET fresh = if_not_exists(fresh, :n) + :n', { fresh: { N: '6' } }],
  ['SET #c = if_not_exists(#c, :n)', {}],
  ['SET fresh = #c, #c = :n', { fresh: { N: '10' }, count: { N: '3' } }],
  ['SET #l = list_append(#l, :l)', { list: { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }, { S: 'z' }] } }],
  ['SET #l = list_append(:l, #l)', { list: { L: [{ S: 'z' }, { S: 'a' }, { S: 'b' }, { S: 'c' }] } }],
  ['SET fresh = list_append(if_not_exists(fresh, :e), :l)', { fresh: { L: [{ S: 'z' }] } }],
  ['SET #l[1] = :s', { list: { L: [{ S: 'a' }, { S: 'new' }, { S: 'c' }] } }],
  ['SET #l[9] = :s, #l[7] = :n', { list: { L: [{ S: 'a' }, { S: 'b' }, { S: 'c' }, { N: '3' }, { S: 'new' }] } }],
  ['SET #m.deep.y = :s', { map: { M: { x: { N: '1' }, deep: { M: { y: { S: 'new' } } } } } }],
  ['REMOVE #c', { count: undefined }],
  ['REMOVE #l[0], #l[1]', { list: { L: [{ S: 'c' }] } }],
  ['REMOVE #l[0] SET #l[1] = :s', { list: { L: [{ S: 'new' }, { S: 'c' }] } }],
  ['REMOVE #l[8]', {}],
  ['REMOVE absent', {}],
  ['REMOVE #m.x', { map: { M: { deep: { M: {} } } } }],
  ['ADD #c :n', { count: { N: '13' } }],
  ['ADD fresh :n', { fresh: { N: '3' } }],
  ['ADD tags :t', { tags: { SS: ['blue', 'green', 'red'] } }],
  ['ADD numbers :u', { numbers: { NS: ['1', '2', '3'] } }],
  ['ADD fresh :t', { fresh: { SS: ['blue', 'green'] } }],
  ['DELETE tags :t', { tags: { SS: ['red'] } }],
  ['DELETE tags :all', { tags: undefined }],
  ['DELETE absent :t', {}],
  [
    'set fresh = :s remove #c add numbers :u delete tags :t',
    {
      fresh: { S: 'new' },
      count: undefined,
      numbers: { NS: ['1', '2', '3'] },
      tags: { SS: ['red'] },
    },
  ],
]

test.each(table)('%s is applied', async (expression, change) => {
  const { execute } = await withLoans(before)
  const { Attributes } = await execute('UpdateItem', { ...request(expression), ReturnValues: 'ALL_NEW' })
  const after = Object.fromEntries(Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined))
  expect(Attributes).toEqual(after)
  const { Item } = await execute('GetItem', { Key: key })
  expect(Item).toEqual(after)
})

const refused: [expression: string, message: string][] = [
  ['SET #c = absent', 'The provided expression refers to an attribute that does not exist in the item'],
  ['SET #c = absent + :n', 'The provided expression refers to an attribute that does not exist in the item'],
  ['SET #c = tags + :n', 'An operand in the update expression has an incorrect data type'],
  ['SET #c = #c + :s', 'Incorrect operand type for operator or function; operator or function: +, operand type: S'],
  ['SET #c = :big + :n', 'Attempting to store more than 38 significant digits in a Number'],
  ['SET absent.x = :n', 'The document path provided in the update expression is invalid for update'],
  ['SET #c.x = :n', 'The document path provided in the update expression is invalid for update'],
  ['SET #l.x = :n', 'The document path provided in the update expression is invalid for update'],
  ['ADD #c :t', 'An operand in the update expression has an incorrect data type'],
  ['DELETE numbers :t', 'An operand in the update expression has an incorrect data type'],
  ['SET #m.x = :n REMOVE #m', 'Two document paths overlap with each other'],
  ['SET PK = :s', 'Cannot update attribute PK. This attribute is part of the key'],
  ['SET borrower = :n', 'The update expression attempted to update the secondary index key to unsupported type'],
  [
    'SET borrower.x = :n',
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: borrower",
  ],
  ['', 'Invalid UpdateExpression: The expression can not be empty;'],
]

test.each(refused)('%s is rejected', async (expression, message) => {
  const { execute } = await withLoans(before)
  const error = await refusal(execute('UpdateItem', request(expression)))
  expect(error).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) })
  expect((await execute('GetItem', { Key: key })).Item).toEqual(before)
})

test('an update of an absent item creates it, with its key', async () => {
  const { execute } = await withLoans(before)
  const other = { PK: { S: 'BOOK#2' }, SK: { S: 'LOAN#1' } }
  const { Attributes } = await execute('UpdateItem', {
    Key: other,
    UpdateExpression: 'ADD hits :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
    ReturnValues: 'ALL_NEW',
  })
  expect(Attributes).toEqual({ ...other, hits: { N: '1' } })
  await execute('UpdateItem', { Key: { ...other, SK: { S: 'LOAN#2' } } })
  expect((await execute('Scan', { Select: 'COUNT' })).Count).toBe(3)
})

test('ReturnValues determines the returned attributes', async () => {
  const { execute } = await withLoans(before)
  const update = (ReturnValues: string) =>
    execute('UpdateItem', { ...request('SET #c = #c + :n, #m.x = :n'), ReturnValues })
  expect((await update('UPDATED_OLD')).Attributes).toEqual({ count: { N: '10' }, map: { M: { x: { N: '1' } } } })
  expect((await update('UPDATED_NEW')).Attributes).toEqual({ count: { N: '16' }, map: { M: { x: { N: '3' } } } })
  expect((await update('ALL_OLD')).Attributes).toEqual({
    ...before,
    count: { N: '16' },
    map: { M: { x: { N: '3' }, deep: { M: {} } } },
  })
  expect(await update('NONE')).toEqual({})
})

function request(UpdateExpression: string) {
  const names = { '#c': 'count', '#l': 'list', '#m': 'map' }
  const pick = (all: object) => {
    const used = Object.entries(all).filter(([name]) => new RegExp(`${name}\\b`).test(UpdateExpression))
    return used.length > 0 ? Object.fromEntries(used) : undefined
  }
  return {
    Key: key,
    UpdateExpression,
    ExpressionAttributeNames: pick(names),
    ExpressionAttributeValues: pick(values),
  }
}
