import { randomUUID } from 'node:crypto'
import type { AccessControl } from '../iam/types.ts'
import type { SqsService } from '../sqs/service.ts'
import { roleOf, type FunctionConfiguration } from './function-configuration.ts'

/** The services that destinations are sent to. */
export interface DestinationServices {
  readonly access: AccessControl
  readonly sqs: SqsService
  /** S3: writes one object, synchronously. */
  readonly putObject: (bucket: string, key: string, body: Buffer, contentType: string) => unknown
}

const bucketArn = 'arn:aws:s3:::'

/**
 * Reads the destination of the records of failed invocations, a queue or a bucket.
 * @param fail throws an Error that names the resource
 */
export function readDestination(arn: string, fail: (problem: string) => never): string {
  if (arn.startsWith('arn:aws:sqs:') || arn.startsWith(bucketArn)) return arn
  return fail(`has the destination ${arn}; only SQS queues and S3 buckets are emulated as destinations`)
}

/**
 * Sends a record to a destination with the permissions of the function's role. Synchronous, so that the record and the
 * checkpoint can be written in one transaction.
 * @param failed.payload only a bucket gets it, since an object may be large
 * @param failed.prefix of the object's key, below `aws/lambda/`: `<mapping>/<shard>`
 * @throws AwsError when the role does not have the permission, or the destination does not exist
 */
export function deliver(
  { access, sqs, putObject }: DestinationServices,
  destination: string,
  failed: { configuration: FunctionConfiguration; record: object; payload?: object; prefix: string; nowMs: number },
): void {
  const role = roleOf(failed.configuration)
  const record = { version: '1.0', timestamp: new Date(failed.nowMs).toISOString(), ...failed.record }
  if (!destination.startsWith(bucketArn)) {
    access.require(role, [{ action: 'sqs:SendMessage', resource: destination }])
    sqs.send(destination, { body: JSON.stringify(record) })
    return
  }
  // aws/lambda/<prefix>/2026/11/20/2026-11-20T22.30.05-<uuid>
  const [day, time] = [record.timestamp.slice(0, 10), record.timestamp.slice(0, 19)]
  const key = `aws/lambda/${failed.prefix}/${day.replaceAll('-', '/')}/${time.replaceAll(':', '.')}-${randomUUID()}`
  access.require(role, [
    { action: 's3:ListBucket', resource: destination },
    { action: 's3:PutObject', resource: `${destination}/${key}` },
  ])
  const body = { ...record, ...(failed.payload && { payload: JSON.stringify(failed.payload) }) }
  putObject(destination.slice(bucketArn.length), key, Buffer.from(JSON.stringify(body)), 'application/json')
}
