import type { ApiLine } from '../http-api/service.ts'
import type { Denial } from '../iam/iam.ts'
import type { AlarmState } from '../cloudwatch/judgement.ts'
import type { HopLine } from '../lambda/ports.ts'

/** What happens while the system runs, told one line at a time to whoever watches. */
export type LocalLine =
  /** A function ran. */
  | ({ readonly kind: 'invocation' } & HopLine)
  /** An HTTP API answered. */
  | ({ readonly kind: 'request' } & ApiLine)
  /** IAM refused a call. */
  | ({ readonly kind: 'denied'; readonly time: number } & Denial)
  /** Messages came to rest in a dead-letter queue. */
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
  /** Something went wrong that no caller learns of. */
  | { readonly kind: 'warning'; readonly time: number; readonly text: string }
  /** Somebody called an API that is not emulated. */
  | { readonly kind: 'not-emulated'; readonly time: number; readonly what: string }
