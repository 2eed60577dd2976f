/** What Lambda needs of the other emulated services, each as small as its use. */

/** IAM: the keys with which a function signs. */
export interface KeyIssuer {
  createKey(
    roleArn: string,
    functionName: string,
  ): { accessKeyId: string; secretAccessKey: string; sessionToken: string }
}

/** CloudWatch Logs. */
export interface LogSink {
  hasGroup(name: string): boolean
  append(group: string, stream: string, messages: { timestampMs: number; message: string }[]): void
}

export interface QueueMessage {
  messageId: string
  receiptHandle: string
  body: string
  /** System attributes: ApproximateReceiveCount, SentTimestamp, … */
  attributes: object
  messageAttributes?: Record<string, { DataType: string; StringValue?: string; BinaryValue?: unknown }>
  md5OfBody: string
}

/** SQS. */
export interface QueueService {
  /** @throws AwsError when there is no such queue. Synchronous, so that it can share a transaction. */
  send(
    queueArn: string,
    message: { body: string; attributes?: Record<string, { DataType: string; StringValue: string }> },
  ): unknown
  receive(
    queueArn: string,
    options: { max: number; waitMs: number; visibilityTimeoutSeconds?: number; signal?: AbortSignal },
  ): Promise<QueueMessage[]>
  delete(queueArn: string, receiptHandle: string): void
  /** Makes what is in flight visible again. */
  release(queueArn: string): void
  attributesOf(queueArn: string): { visibilityTimeoutSeconds: number }
}

/** S3: writes one object, at once. */
export type PutObject = (bucket: string, key: string, body: Buffer, contentType: string) => void

/** One line for the person at the terminal about each invocation. */
export interface HopLine {
  /** Milliseconds since the epoch, when the invocation began. */
  readonly time: number
  readonly functionName: string
  readonly durationMs: number
  /** True when the invocation had to start an execution environment. */
  readonly cold: boolean
  /** Values of `correlation_id` in the invocation's JSON log lines, each once, in the order of appearance. */
  readonly correlationIds: string[]
  /** The `message` of those lines and of lines about an error, with that error, each once, in the order of appearance. */
  readonly messages: string[]
  /** `errorType: errorMessage` */
  readonly error?: string
  readonly maxMemoryMb: number
  readonly requestId: string
}
