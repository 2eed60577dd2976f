import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { APIGatewayProxyHandlerV2, SQSHandler } from 'aws-lambda'

const dynamodb = new DynamoDBClient()
const sqs = new SQSClient()
const { TABLE: TableName, QUEUE: QueueUrl } = process.env

export const submit: APIGatewayProxyHandlerV2 = async ({ body, requestContext }) => {
  const id = requestContext.requestId
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ id, text: body ?? '' }) }))
  return { statusCode: 202, body: id }
}

export const store: SQSHandler = async ({ Records }) => {
  for (const { body } of Records) {
    const { id, text } = JSON.parse(body)
    await dynamodb.send(new PutItemCommand({ TableName, Item: { id: { S: id }, text: { S: text } } }))
  }
}

export const read: APIGatewayProxyHandlerV2 = async ({ pathParameters }) => {
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName, Key: { id: { S: pathParameters!['id']! } } }))
  return Item ? { statusCode: 200, body: Item['text']!.S! } : { statusCode: 404 }
}
