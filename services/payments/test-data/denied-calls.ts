import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { batchGet, onItem, query } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  batchGet('payments-settle-orders', ['ORDER#'], 'the event contains all that payments needs of an order'),
  onItem('payments-settle-orders', 'DeleteItem', 'PAYMENT#', 'a payment is never deleted'),
  onItem('payments-find-stuck-payments', 'PutItem', 'SANDBOXCHARGE#', 'the sweep charges nothing'),
  query('payments-find-stuck-payments', 'GSI1', 'CATALOG#', 'the same index holds the catalog'),
  {
    caller: 'payments-settle-orders',
    action: 'secretsmanager:GetSecretValue',
    resource: ({ named }) => `secret:${named('payments-webhook')}-*`,
    reason: 'only the webhook knows the key of its signatures',
    call: ({ secrets }, { named }) => secrets.send(new GetSecretValueCommand({ SecretId: named('payments-webhook') })),
  },
]
