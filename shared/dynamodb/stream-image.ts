import { unmarshall } from '@aws-sdk/util-dynamodb'
import type { StreamRecord } from 'aws-lambda'

/** Reads attributes of an image in a stream record, each as a plain value. The others are not unmarshalled. */
export const imageOf =
  (image: StreamRecord['NewImage']) =>
  (name: string): unknown => {
    const value = image?.[name]
    return value === undefined ? undefined : unmarshall({ value } as Parameters<typeof unmarshall>[0])['value']
  }
