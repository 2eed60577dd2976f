import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { GetCommand } from '@aws-sdk/lib-dynamodb'
import { eventually } from '#scripts/lib/api-client.ts'
import { createDocumentClient } from '#shared/dynamodb/table.ts'
import { noticeKey } from '#services/notifications/keys.ts'
import { deployment } from './shop.ts'

const client = new DynamoDBClient(deployment.clientConfiguration)
const table = createDocumentClient(client)
/** What notifications stored about the email of an event. */
export interface Notice {
  readonly status: string
  /** A second email would be claimed again and settled at another time. */
  readonly settledAt?: string
}

export async function noticeOf(eventId: string): Promise<Notice | undefined> {
  const { Item } = await table.send(
    new GetCommand({ TableName: deployment.tableName, Key: noticeKey(eventId), ConsistentRead: true }),
  )
  return Item && { status: Item['status'], settledAt: Item['settledAt'] }
}

/** Waits until the email of an event is settled. */
export const settledNotice = (eventId: string): Promise<Notice> =>
  eventually(`the email of ${eventId}`, async () => {
    const notice = await noticeOf(eventId)
    return notice?.settledAt !== undefined && notice
  })

/** The statuses of an email that was sent: in the sandbox of SES it goes to the mailbox simulator, or nowhere. */
export const sent = expect.stringMatching(/^(sent|simulated)$/)
