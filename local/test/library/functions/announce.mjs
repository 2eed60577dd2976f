import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'

const client = new EventBridgeClient({})

/** Puts an event on the bus for every new loan in the table's stream. */
export async function handler({ Records }) {
  const entries = Records.filter((record) => record.eventName === 'INSERT').map(({ dynamodb: { NewImage } }) => ({
    EventBusName: process.env.BUS,
    Source: 'library.desk',
    DetailType: 'LoanMade',
    Detail: JSON.stringify({ id: NewImage.id.S, title: NewImage.title.S }),
  }))
  if (entries.length === 0) return
  const { FailedEntryCount } = await client.send(new PutEventsCommand({ Entries: entries }))
  if (FailedEntryCount) throw new Error(`${FailedEntryCount} events were rejected`)
}
