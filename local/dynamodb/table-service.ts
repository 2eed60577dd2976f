import type { ResourceProvider } from '../assembly/provider.ts'
import type { JsonService } from '../wire/service.ts'
import type { StreamSource } from './stream-source.ts'

/** DynamoDB as the rest of the system sees it, wherever the items are. */
export interface TableService {
  readonly wire: JsonService
  readonly streamsWire: JsonService
  readonly providers: readonly ResourceProvider[]
  readonly streams: StreamSource
  /** Called once, before any table is made. @throws Error with a sentence for the person at the terminal */
  connect(): Promise<void>
  start(): void
  stop(): void
}
