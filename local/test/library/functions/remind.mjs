import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb'

const client = new DynamoDBClient({})

/** Marks loans as reminded; always fails for `a failing book`. */
export async function handler({ Records }) {
  const failed = []
  for (const { messageId, body } of Records) {
    const { id, title } = JSON.parse(body).detail
    if (title === 'a failing book') failed.push({ itemIdentifier: messageId })
    else await markReminded(id)
  }
  return { batchItemFailures: failed }
}

const markReminded = (id) =>
  client.send(
    new UpdateItemCommand({
      TableName: process.env.TABLE,
      Key: { id: { S: id } },
      UpdateExpression: 'SET reminded = :yes',
      ExpressionAttributeValues: { ':yes': { BOOL: true } },
    }),
  )
