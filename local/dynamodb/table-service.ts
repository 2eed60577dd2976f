import type { ResourceProvider } from '../assembly/provider.ts'
import type { JsonService } from '../wire/service.ts'
import type { StreamSource } from './stream-source.ts'

/** DynamoDB for the rest of the system, embedded or remote. */
export interface TableService {
  readonly wire: JsonService
  readonly streamsWire: JsonService
  readonly providers: readonly ResourceProvider[]
  readonly streams: StreamSource
  /** Called once, before any table is created. @throws Error with a readable message */
  connect(): Promise<void>
  start(): void
  stop(): void
}
