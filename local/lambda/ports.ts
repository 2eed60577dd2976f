/** What Lambda needs from the other emulated services. */

/** IAM: issues the keys with which a function signs its requests. */
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
  /** Makes messages in flight visible again. */
  release(queueArn: string): void
  attributesOf(queueArn: string): { visibilityTimeoutSeconds: number }
}

/** S3: writes one object, synchronously. */
export type PutObject = (bucket: string, key: string, body: Buffer, contentType: string) => void

/** One invocation as it is reported to the terminal. */
export interface InvocationLine {
  /** Start of the invocation, milliseconds since the epoch. */
  readonly time: number
  readonly functionName: string
  readonly durationMs: number
  /** True when the invocation had to start an execution environment. */
  readonly cold: boolean
  /** Distinct values of `correlation_id` in the invocation's JSON log lines, in order of appearance. */
  readonly correlationIds: string[]
  /**
   * The distinct `message`s of those lines and of lines with an error, including that error, in order of appearance.
   */
  readonly messages: string[]
  /** `errorType: errorMessage` */
  readonly error?: string
  /** The most serious level of those lines, if it is more than information. */
  readonly level?: 'warn' | 'error'
  /** Where the error, or the first one that was logged, was thrown: the first line of its stack trace in the app's own code. */
  readonly place?: string
  readonly maxMemoryMb: number
  readonly requestId: string
}
