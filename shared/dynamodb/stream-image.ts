import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { StreamRecord } from 'aws-lambda'

/** One attribute of an image in a stream record, as a plain value. The other attributes are not unmarshalled. */
export function attributeOf(image: StreamRecord['NewImage'], name: string): unknown {
  const value = image?.[name]
  return value === undefined ? undefined : unmarshall({ value } as Parameters<typeof unmarshall>[0])['value']
}
