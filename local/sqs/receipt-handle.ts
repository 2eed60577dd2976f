import { AwsError } from '../wire/aws-error.ts'
import type { Queue } from './queue-store.ts'

/** One receive of a message. */
export interface Receipt {
  readonly id: number
  readonly nonce: string
}

/** A handle identifies the queue, the message and one receive of it. */
export const formatReceipt = (queueArn: string, id: number, nonce: string) =>
  Buffer.from(`${queueArn} ${id} ${nonce}`).toString('base64')

/** @throws AwsError ReceiptHandleIsInvalid unless the handle belongs to this queue */
export function parseReceipt(queue: Queue, receiptHandle: unknown): Receipt {
  if (typeof receiptHandle !== 'string' || receiptHandle === '') {
    throw new AwsError('MissingParameter', 'The request must contain the parameter ReceiptHandle.')
  }
  const [queueArn, id, nonce, ...more] = Buffer.from(receiptHandle, 'base64').toString().split(' ')
  if (queueArn !== queue.arn || !/^\d+$/.test(id ?? '') || nonce === undefined || more.length > 0) {
    throw invalidReceipt(receiptHandle, 'The receipt handle is not valid for this queue.')
  }
  return { id: Number(id), nonce }
}

export const invalidReceipt = (receiptHandle: unknown, reason: string) =>
  new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${String(receiptHandle)}" is not a valid receipt handle. ${reason}`,
  )

export const notInflight = (receiptHandle: unknown) =>
  new AwsError('MessageNotInflight', `The message of the receipt handle "${String(receiptHandle)}" is not in flight.`)
