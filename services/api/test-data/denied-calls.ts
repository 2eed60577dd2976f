import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { onItem } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  onItem('api-health', 'GetItem', 'PRODUCT#', 'the health check does not use the table'),
]
