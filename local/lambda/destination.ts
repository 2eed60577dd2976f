import { randomUUID } from 'node:crypto'
import type { AccessControl, Principal } from '../iam/types.ts'
import type { SqsService } from '../sqs/service.ts'

/** S3: writes one object, synchronously. */
export type PutObject = (bucket: string, key: string, body: Buffer, contentType: string) => void

/** The destination of the records of failed invocations. */
export type Destination =
  { readonly kind: 'queue'; readonly arn: string } | { readonly kind: 'bucket'; readonly arn: string }

/** @throws Error naming the destination when its type is not emulated */
export function readDestination(arn: string, what: string): Destination {
  if (arn.startsWith('arn:aws:sqs:')) return { kind: 'queue', arn }
  if (arn.startsWith('arn:aws:s3:::')) return { kind: 'bucket', arn }
  throw new Error(`${what} has the destination ${arn}; only SQS queues and S3 buckets are emulated as destinations.`)
}

/** Sends to destinations with the permissions of the function's role. */
export class Destinations {
  readonly #access: AccessControl
  readonly #sqs: SqsService
  readonly #putObject: PutObject

  constructor(options: { access: AccessControl; sqs: SqsService; putObject: PutObject }) {
    this.#access = options.access
    this.#sqs = options.sqs
    this.#putObject = options.putObject
  }

  /**
   * Synchronous, so that the record and the checkpoint can be written in one transaction.
   * @param message.record for a queue; a bucket gets `wholeRecord`, which adds `payload`, since an object may be large
   * @param message.prefix of the object's key, below `aws/lambda/`: `<mapping>/<shard>`
   * @throws AwsError when the role does not have the permission, or the destination does not exist
   */
  deliver(
    destination: Destination,
    message: { caller: Principal; record: object; wholeRecord: object; prefix: string; nowMs: number },
  ): void {
    switch (destination.kind) {
      case 'queue':
        this.#access.require(message.caller, [{ action: 'sqs:SendMessage', resource: destination.arn }])
        this.#sqs.send(destination.arn, { body: JSON.stringify(message.record) })
        return
      case 'bucket': {
        const key = objectKey(message.prefix, message.nowMs)
        this.#access.require(message.caller, [
          { action: 's3:ListBucket', resource: destination.arn },
          { action: 's3:PutObject', resource: `${destination.arn}/${key}` },
        ])
        const body = Buffer.from(JSON.stringify(message.wholeRecord))
        this.#putObject(destination.arn.slice('arn:aws:s3:::'.length), key, body, 'application/json')
        return
      }
      default:
        return destination satisfies never
    }
  }
}

/** `aws/lambda/<prefix>/2026/11/20/2026-11-20T22.30.05-<uuid>` */
function objectKey(prefix: string, nowMs: number): string {
  const time = new Date(nowMs).toISOString()
  return `aws/lambda/${prefix}/${time.slice(0, 10).replaceAll('-', '/')}/${time.slice(0, 19).replaceAll(':', '.')}-${randomUUID()}`
}
