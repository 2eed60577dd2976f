import { refusal, withLoans } from './test/library.ts'

const Key = { PK: { S: 'book' }, SK: { S: 'COPY' } }
const item = { ...Key, n: { N: '1' } }

test.each([
  ['n < :v', { BOOL: true }, 'operator or function: <, operand type: BOOL'],
  ['n = :v OR NOT (n >= :v)', { L: [] }, 'operator or function: >=, operand type: L'],
  ['n BETWEEN :v AND due', { SS: ['a'] }, 'operator or function: BETWEEN, operand type: SS'],
  ['n BETWEEN n AND :v', { N: '1' }, 'The first operand must be distinct from the remaining operands'],
  ['n IN (:v, n)', { N: '1' }, 'operator: IN, first operand: [n]'],
])('%s with %j is rejected for any item', async (ConditionExpression, value, message) => {
  const { execute } = await withLoans(item)
  const values = { ExpressionAttributeValues: { ':v': value } }
  const refused = await refusal(execute('DeleteItem', { Key, ConditionExpression, ...values }))
  expect(refused).toMatchObject({ name: 'ValidationException', message: expect.stringContaining(message) })
  expect(refused.message).toMatch(/^1 validation error detected: Invalid ConditionExpression: /)
})

test('unordered bounds of BETWEEN are reported before bounds of different types', async () => {
  const { execute } = await withLoans(item)
  const values = { ExpressionAttributeValues: { ':a': { NULL: true }, ':b': { N: '1' } } }
  const refused = refusal(execute('DeleteItem', { Key, ConditionExpression: 'n BETWEEN :a AND :b', ...values }))
  expect(await refused).toMatchObject({
    message:
      '1 validation error detected: Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: NULL',
  })
})

test('the error of ADD and DELETE with a wrong operand names the allowed types', async () => {
  const { execute } = await withLoans(item)
  const values = { ExpressionAttributeValues: { ':v': { S: 'a' } } }
  for (const action of ['ADD', 'DELETE']) {
    const refused = await refusal(execute('UpdateItem', { Key, UpdateExpression: `${action} n :v`, ...values }))
    expect(refused.message).toMatch(new RegExp(`operator: ${action}, .*, typeSet: ALLOWED_FOR_${action}_OPERAND$`))
  }
})

/** The messages of DynamoDB Local, which shares the parser of the service. */
const recorded: Record<string, [expression: string, message: string][]> = {
  ConditionExpression: [
    ['', 'The expression can not be empty;'],
    ['   ', 'Syntax error; token: "<EOF>", near: "   "'],
    ['n = = :v', 'Syntax error; token: "=", near: "= = :v"'],
    ['_hidden = :v', 'Syntax error; token: "_", near: "_hidden"'],
    ['n = :v AND', 'Syntax error; token: "<EOF>", near: "AND"'],
    ['n = :v due = :v', 'Syntax error; token: "due", near: ":v due ="'],
    ['(n = :v', 'Syntax error; token: "<EOF>", near: ":v"'],
    ['n = :v)', 'Syntax error; token: ")", near: ":v)"'],
    ['(n)', 'Syntax error; token: "<EOF>", near: ")"'],
    ['n AND due', 'Syntax error; token: "AND", near: "n AND due"'],
    ['NOT n', 'Syntax error; token: "<EOF>", near: "n"'],
    ['(n = :v) = :v', 'Syntax error; token: "=", near: ") = :v"'],
    ['n = (due = :v)', 'Syntax error; token: "=", near: "due = :v"'],
    ['(m).x = :v', 'Syntax error; token: ".", near: ").x"'],
    ['n IN (:v,)', 'Syntax error; token: ")", near: ",)"'],
    ['n IN ((:v, :v))', 'Syntax error; token: ",", near: ":v, :v"'],
    ['n BETWEEN :v OR :v', 'Syntax error; token: "OR", near: ":v OR :v"'],
    ['attribute_exists()', 'Syntax error; token: ")", near: "()"'],
    ['remove = :v', 'Syntax error; token: "remove", near: "remove ="'],
    ["n = 'x'", `Syntax error; token: "'", near: "= 'x"`],
    ['l[01] = :v', 'Syntax error; token: "1", near: "01]"'],
    ['n = :vAND due = :v', 'Syntax error; token: "due", near: ":vAND due ="'],
    ['unheard_of(n) AND', 'Syntax error; token: "<EOF>", near: "AND"'],
    ['unheard_of(n) AND ((n = :v))', 'The expression has redundant parentheses;'],
    ['n IN (((due)))', 'The expression has redundant parentheses;'],
    ['n = :missing AND unheard_of(n)', 'Invalid function name; function: unheard_of'],
    ['Size(n) = :v', 'Invalid function name; function: Size'],
    [
      'attribute_exists(n) = :v AND unheard_of(n)',
      'The function is not allowed to be used this way in an expression; function: attribute_exists',
    ],
    ['size(n)', 'The function is not allowed to be used this way in an expression; function: size'],
    ['status = :missing', 'Attribute name is a reserved keyword; reserved keyword: status'],
    ['n = :missing', 'An expression attribute value used in expression is not defined; attribute value: :missing'],
    ['m.name = :v', 'Attribute name is a reserved keyword; reserved keyword: name'],
    ['l[2147483648] = :v', 'List index is not within the allowable range; index: [2147483648]'],
    [
      '#missing = :missing',
      'An expression attribute name used in the document path is not defined; attribute name: #missing',
    ],
    [
      'contains(n) AND n = :missing',
      'Incorrect number of operands for operator or function; operator or function: contains, number of operands: 1',
    ],
    [
      'n = :v AND l[0] = l[0]',
      'The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [l, [0]]',
    ],
    [
      'attribute_exists(size(n))',
      'Operator or function requires a document path; operator or function: attribute_exists',
    ],
    ['size(:v) > :v', 'Incorrect operand type for operator or function; operator or function: size, operand type: N'],
    [
      'begins_with(size(n), :v)',
      'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    ],
  ],
  UpdateExpression: [
    ['INVALID SYNTAX HERE', 'Syntax error; token: "INVALID", near: "INVALID SYNTAX"'],
    ['SET n =', 'Syntax error; token: "<EOF>", near: "="'],
    ['SET n = :v,', 'Syntax error; token: "<EOF>", near: ","'],
    ['SET n = :v due = :v', 'Syntax error; token: "due", near: ":v due ="'],
    ['SET n = n + :v + :v', 'Syntax error; token: "+", near: ":v + :v"'],
    ['SET n = (n + :v) + :v', 'Syntax error; token: "+", near: ") + :v"'],
    ['SET (n) = :v', 'Syntax error; token: "(", near: "SET (n"'],
    ['ADD hits : incr', 'Syntax error; token: ":", near: "hits : incr"'],
    ['REMOVE set', 'Syntax error; token: "set", near: "REMOVE set"'],
    ['SET n = ((n + :v))', 'The expression has redundant parentheses;'],
    ['SET n = :v SET due = :v', 'The "SET" section can only be used once in an update expression;'],
    ['SET n = size(l)', 'The function is not allowed in an update expression; function: size'],
    [
      'SET l = list_append(list_append(l, :l), :l)',
      'The function is not allowed to be used this way in an expression; function: list_append',
    ],
    [
      'SET n = :missing, due = #missing',
      'An expression attribute name used in the document path is not defined; attribute name: #missing',
    ],
    [
      'SET m.x = :v, m = :v',
      'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m, x], path two: [m]',
    ],
    [
      'SET m[0] = :v, m.x = :v',
      'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [m, [0]], path two: [m, x]',
    ],
    [
      'SET n = if_not_exists(:v, n)',
      'Operator or function requires a document path; operator or function: if_not_exists',
    ],
    [
      'SET n = list_append(l, :v)',
      'Incorrect operand type for operator or function; operator or function: list_append, operand type: N',
    ],
  ],
  ProjectionExpression: [
    ['!!! INVALID !!!', 'Syntax error; token: "!", near: "!!"'],
    ['n,', 'Syntax error; token: "<EOF>", near: ","'],
    ['n due', 'Syntax error; token: "due", near: "n due"'],
    ['l[x]', 'Syntax error; token: "x", near: "[x]"'],
    ['size(n)', 'Syntax error; token: "(", near: "size(n"'],
    ['n$', 'Syntax error; token: "$", near: "n$"'],
    ['é', 'Syntax error; token: "é", near: "é"'],
    [
      'n, n, #missing',
      'An expression attribute name used in the document path is not defined; attribute name: #missing',
    ],
  ],
}

const operations: Record<string, string> = {
  ConditionExpression: 'DeleteItem',
  UpdateExpression: 'UpdateItem',
  ProjectionExpression: 'GetItem',
}

test.each(Object.entries(recorded).flatMap(([member, cases]) => cases.map((each) => [member, ...each] as const)))(
  '%s %j is rejected with the message of DynamoDB',
  async (member, expression, message) => {
    const { execute } = await withLoans(item)
    const used = Object.entries({ ':v': { N: '1' }, ':l': { L: [] } }).filter(([name]) => expression.includes(name))
    const refused = await refusal(
      execute(operations[member]!, {
        Key,
        [member]: expression,
        ...(used.length > 0 && { ExpressionAttributeValues: Object.fromEntries(used) }),
      }),
    )
    const isWrite = member !== 'ProjectionExpression'
    expect(refused).toMatchObject({
      name: 'ValidationException',
      message: `${isWrite ? '1 validation error detected: ' : ''}Invalid ${member}: ${message}`,
    })
  },
)

test.each([
  '(n) = (:v)',
  'NOT (n) = :w',
  '((n = :v) AND (n = :v)) OR due = :v',
  'n IN (:v, (:w))',
  'n BETWEEN (:v) AND (:v)',
  'not n = :w and:v=n',
  'attribute_exists (n)',
])('the condition %s is accepted', async (ConditionExpression) => {
  const { execute } = await withLoans(item)
  const used = Object.entries({ ':v': { N: '1' }, ':w': { N: '2' } }).filter(([name]) =>
    ConditionExpression.includes(name),
  )
  const values = used.length > 0 && { ExpressionAttributeValues: Object.fromEntries(used) }
  await execute('DeleteItem', { Key, ConditionExpression, ...values })
  expect(await execute('GetItem', { Key })).toEqual({})
})

test('a text that is parsed once is bound to the names and values of each request', async () => {
  const { execute } = await withLoans(item)
  const update = (name: string, value: string) =>
    execute('UpdateItem', {
      Key,
      UpdateExpression: 'SET #a = :v',
      ExpressionAttributeNames: { '#a': name },
      ExpressionAttributeValues: { ':v': { S: value } },
    })
  await update('first', 'one')
  await update('second', 'two')
  expect((await execute('GetItem', { Key })).Item).toMatchObject({ first: { S: 'one' }, second: { S: 'two' } })
  expect(await refusal(update('PK', 'three'))).toMatchObject({ message: expect.stringContaining('part of the key') })
})

test('a double negation is accepted', async () => {
  const { execute } = await withLoans(item)
  const put = (ConditionExpression: string) => execute('PutItem', { Item: Key, ConditionExpression })
  expect(await refusal(put('NOT NOT attribute_not_exists(n)'))).toMatchObject({
    name: 'ConditionalCheckFailedException',
  })
  await put('NOT NOT NOT attribute_not_exists(n)')
})

test('a query of an index is rejected when it filters by attributes that are not projected', async () => {
  const { execute } = await withLoans(item)
  const query = {
    IndexName: 'borrowersOnly',
    KeyConditionExpression: 'borrower = :v',
    FilterExpression: 'title = :v AND due = :v',
    ExpressionAttributeValues: { ':v': { S: 'a' } },
  }
  expect(await refusal(execute('Query', query))).toMatchObject({
    message:
      'One or more parameter values were invalid: Secondary index borrowersOnly does not project one or more filter attributes: [due, title]',
  })
})

test('a consistent scan of a global index is rejected', async () => {
  const { execute } = await withLoans(item)
  const refused = refusal(execute('Scan', { IndexName: 'byBorrower', ConsistentRead: true }))
  expect(await refused).toMatchObject({ message: 'Consistent reads are not supported on global secondary indexes' })
})

test('an item with an invalid index key is rejected before its condition is evaluated', async () => {
  const { execute } = await withLoans(item)
  const Item = { ...Key, borrower: { N: '1' } }
  const refused = refusal(execute('PutItem', { Item, ConditionExpression: 'attribute_exists(absent)' }))
  expect(await refused).toMatchObject({
    name: 'ValidationException',
    message: expect.stringContaining('Type mismatch'),
  })
})
