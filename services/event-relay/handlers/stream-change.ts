import type { DynamoDBRecord } from 'aws-lambda'
import { attributeOf } from '#shared/dynamodb/stream-image.ts'
import { eventsAttribute } from '#shared/events/envelope.ts'
import type { Change } from '../use-cases/relay-changes.ts'

/** What a record of the table's stream says about the item's events. */
export const toChange = ({ dynamodb }: Pick<DynamoDBRecord, 'dynamodb'>): Change => ({
  sequenceNumber: dynamodb!.SequenceNumber!,
  before: attributeOf(dynamodb!.OldImage, eventsAttribute),
  after: attributeOf(dynamodb!.NewImage, eventsAttribute),
})
