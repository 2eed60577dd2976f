import type { Table } from '#shared/dynamodb/table.ts'
import { realBackoff } from '#shared/retry.ts'
import type { PaymentProvider } from '../ports.ts'
import type { PaymentDependencies } from '../use-cases/capture-payment.ts'
import { paymentTable } from './payment-table.ts'

/** What the entries of every provider have in common. */
export const settlement = (table: Table, provider: PaymentProvider): PaymentDependencies => ({
  payments: paymentTable(table),
  provider,
  now: () => new Date(),
  backoff: realBackoff({ attempts: 5, baseMs: 25, maxMs: 400 }),
  // Longer than most captures take, and well within the function's timeout.
  patience: realBackoff({ attempts: 6, baseMs: 200, maxMs: 2_000 }),
})
