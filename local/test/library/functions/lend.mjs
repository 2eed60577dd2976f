import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'

const table = process.env.TABLE
const client = new DynamoDBClient({})

const response = (statusCode, body) => ({ statusCode, body: JSON.stringify(body) })

/** `POST /loans` stores a loan, `GET /loans/{loanId}` returns it; the title `a forbidden book` writes an item that IAM denies. */
export async function handler(event) {
  if (event.routeKey.startsWith('GET ')) return show(event.pathParameters.loanId)
  const { loanId, title } = JSON.parse(event.body)
  const reader = event.requestContext.authorizer.jwt.claims.sub
  const prefix = title === 'a forbidden book' ? 'OTHER' : 'LOAN'
  try {
    const item = { id: { S: `${prefix}#${loanId}` }, title: { S: title }, reader: { S: reader } }
    await client.send(new PutItemCommand({ TableName: table, Item: item }))
    return response(201, { loanId })
  } catch (error) {
    return response(500, { error: error.name, message: error.message })
  }
}

async function show(loanId) {
  const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: { id: { S: `LOAN#${loanId}` } } }))
  return Item ? response(200, { title: Item.title.S, reminded: Item.reminded?.BOOL ?? false }) : response(404, {})
}
