import type { ApiLine } from '../http-api/service.ts'
import type { Denial } from '../iam/iam.ts'
import type { AlarmState } from '../cloudwatch/alarm-evaluation.ts'
import type { InvocationLine } from '../lambda/invocation-log.ts'

/** An event of the running system, reported as one line. */
export type LocalLine =
  /** A function was invoked. */
  | ({ readonly kind: 'invocation' } & InvocationLine)
  /** An HTTP API responded. */
  | ({ readonly kind: 'request' } & ApiLine)
  /** IAM denied a call. */
  | ({ readonly kind: 'denied'; readonly time: number } & Denial)
  /** Messages were moved to a dead-letter queue. */
  | {
      readonly kind: 'dead-letter'
      readonly time: number
      readonly queueName: string
      readonly queueUrl: string
      readonly messages: number
      readonly deadLetterOf: readonly string[]
    }
  /** An alarm changed its state. */
  | {
      readonly kind: 'alarm'
      readonly time: number
      readonly name: string
      readonly description?: string
      readonly before: AlarmState
      readonly state: AlarmState
      readonly reason: string
    }
  /** A failure that no caller sees. */
  | { readonly kind: 'warning'; readonly time: number; readonly text: string }
  /** A client called an API that is not emulated. */
  | { readonly kind: 'not-emulated'; readonly time: number; readonly what: string }
