import { synthesise, type Resource } from './synthesised.ts'

/**
 * All that each function may do with the table, statement by statement: actions, the beginnings of the keys, and the
 * index or the attributes where the grant is of these alone.
 */
const access: Record<string, string[]> = {
  'api-health': [],
  'api-not-found': [],
  'api-openapi': [],

  'catalog-get-product': ['GetItem PRODUCT#*'],
  'catalog-link-images': ['GetItem, PutItem PRODUCT#*'],
  'catalog-list-products': ['BatchGetItem PRODUCT#*', 'Query CATALOG#* in GSI1 and GSI2'],

  'event-relay-relay': ['DescribeStream, GetRecords, GetShardIterator, ListStreams in stream'],

  'inventory-adjust-stock': ['BatchGetItem, UpdateItem STOCK#*'],
  'inventory-get-stock': ['BatchGetItem STOCK#*'],
  'inventory-reserve-stock': ['BatchGetItem STOCK#* or RESERVATION#*', 'PutItem RESERVATION#*', 'UpdateItem STOCK#*'],

  'notifications-send-mail': ['GetItem USER#* (PK, SK, email, name, notifications)', 'PutItem, UpdateItem NOTICE#*'],

  'orders-admin-get-order': ['GetItem ORDER#*'],
  'orders-admin-list-orders': ['BatchGetItem ORDER#*', 'Query ORDERS#* in GSI2'],
  'orders-apply-events': ['GetItem, PutItem, UpdateItem ORDER#*'],
  'orders-get-order': ['GetItem ORDER#*'],
  'orders-list-order-events': ['GetItem, Query ORDER#*'],
  'orders-list-orders': ['BatchGetItem ORDER#*', 'Query CUSTOMER#* in GSI1'],
  'orders-place-order': [
    'BatchGetItem PRODUCT#* (PK, SK, sku, name, price, status)',
    'GetItem, PutItem IDEMPOTENCY#placeOrder#*',
    'PutItem ORDER#*',
    'PutItem PAYMENT#*',
    'UpdateItem USER#* (PK, SK, orderCount, lastOrderAt)',
  ],
  'orders-watch-order': ['GetItem ORDER#*'],

  'thumbnails-admin-create-upload': ['GetItem PRODUCT#*', 'PutItem UPLOAD#*'],
  'thumbnails-admin-get-upload': ['GetItem UPLOAD#*'],
  'thumbnails-create-upload': ['PutItem UPLOAD#*'],
  'thumbnails-get-upload': ['GetItem UPLOAD#*'],
  'thumbnails-make-thumbnails': ['GetItem, UpdateItem UPLOAD#*'],

  'users-get-me': ['GetItem USER#*'],
  'users-register-user': ['PutItem USER#*'],
  'users-staff-authorizer': [],
}

const dev = await synthesise()
const table = dev.ofType('AWS::DynamoDB::GlobalTable')[0]!
const functions = dev.ofType('AWS::Lambda::Function')
const nameOf = ({ properties }: Resource): string => properties.FunctionName.replace('cartwheel-dev-', '')

/** What a statement is about: the table, `stream`, an index by its name; anything else is told as it stands. */
function targetOf(resource: any): string {
  const [start, ...rest] = resource['Fn::Join']?.[1] ?? [resource]
  const [logicalId, attribute] = dev.followImport(start)?.['Fn::GetAtt'] ?? []
  const index = rest.length === 1 && /^\/index\/(GSI[12])$/.exec(rest[0])?.[1]
  if (logicalId !== table.logicalId) return JSON.stringify(resource)
  if (attribute === 'StreamArn' && rest.length === 0) return 'stream'
  if (attribute === 'Arn' && rest.length === 0) return 'table'
  return attribute === 'Arn' && index ? index : JSON.stringify(resource)
}

function tell({ Action, Resource, Condition }: any): string {
  const actions = [Action].flat().map((action) => action.replace('dynamodb:', ''))
  const target = [Resource].flat().map(targetOf).join(' and ')
  const keys = Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'] ?? []
  const attributes = Condition?.['ForAllValues:StringEquals']?.['dynamodb:Attributes']
  return [
    actions.join(', '),
    [keys].flat().join(' or '),
    ...(target === 'table' ? [] : [`in ${target}`]),
    ...(attributes ? [`(${attributes.join(', ')})`] : []),
  ]
    .filter((part) => part !== '')
    .join(' ')
}

const touchesTable = ({ Action, Resource }: any) =>
  [Action].flat().some((action) => action.startsWith('dynamodb:')) || JSON.stringify(Resource).includes(table.logicalId)

const granted = (role: Resource | undefined): string[] =>
  dev
    .ofType('AWS::IAM::Policy')
    .filter((policy) => policy.properties.Roles.some((member: unknown) => dev.referred(policy, member) === role))
    .flatMap((policy) => policy.properties.PolicyDocument.Statement.filter(touchesTable).map(tell))

test.each(functions.map((member) => [nameOf(member), member] as const))('%s', (name, member) => {
  expect(granted(dev.referred(member, member.properties.Role)).toSorted()).toEqual(access[name]?.toSorted())
})

test('the list above names no function that is not there', () => {
  expect(Object.keys(access).toSorted()).toEqual(functions.map(nameOf).toSorted())
})
