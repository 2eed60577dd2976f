import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod'
import { conditionalWrite } from '#shared/dynamodb/conditional-write.ts'
import { itemReader } from '#shared/dynamodb/item-reader.ts'
import type { Table } from '#shared/dynamodb/table.ts'
import { Money } from '#shared/money.ts'
import { unreachable } from '#shared/result.ts'
import { sandboxChargeKey } from '../keys.ts'
import type { Decline, PaymentProvider } from '../ports.ts'

/** What a token makes the sandbox do; a token that is not listed is declined. */
type Behavior = 'charge' | Decline | 'no-response-then-charge' | 'charge-without-response'

const behaviors: Readonly<Record<string, Behavior>> = {
  tok_ok: 'charge',
  tok_declined: 'declined',
  tok_insufficient_funds: 'insufficient-funds',
  /** The first call fails without a charge. */
  tok_timeout_then_ok: 'no-response-then-charge',
  /** Each call charges, once, and gets no response. */
  tok_timeout_after_charge: 'charge-without-response',
}

/** The sandbox's record of a reference: `attempted` after a call that got no response, and then the charge. */
const Memory = z.object({
  charged: z.boolean(),
  amount: Money,
  refunded: z.int(),
  /** The idempotency keys of refunds. */
  refunds: z.array(z.string()),
})

const prefix = 'sandbox_'
const chargeOf = (reference: string, amount: Money) => ({ paymentId: `${prefix}${reference}`, amount })

const reported = <Type extends string, Data extends z.ZodRawShape>(type: Type, data: Data) =>
  z.object({
    id: z.string().min(1).max(255),
    type: z.literal(type),
    data: z.object({ reference: z.string().min(1).max(100), ...data }),
  })

/** A charge has one dispute, unless the reports name several. */
const dispute = { amount: Money, disputeId: z.string().min(1).max(100).default('dispute') }

const Reported = z.discriminatedUnion('type', [
  reported('charge.captured', { amount: Money }),
  reported('charge.declined', { reason: z.enum(['declined', 'insufficient-funds']) }),
  reported('charge.disputed', dispute),
  reported('charge.reinstated', dispute),
  reported('refund.made', { refundId: z.string() }),
  reported('refund.failed', { refundId: z.string() }),
])

const reportedTypes = new Set<unknown>(Reported.options.map(({ shape }) => shape.type.value))

/**
 * A payment provider for development, whose responses depend on the token alone. It keeps its charges in the table, as a
 * provider keeps its own, and no payment reads them.
 */
export function sandboxProvider(table: Table): PaymentProvider {
  const readItem = itemReader(table)
  const read = async (reference: string) => {
    const item = await readItem(sandboxChargeKey(reference))
    return item && Memory.parse(item)
  }

  /** @returns false when the reference is remembered already, so that nothing is charged twice */
  const remember = async (reference: string, { charged, amount }: { charged: boolean; amount: Money }) => {
    const put = new PutCommand({
      TableName: table.name,
      Item: { ...sandboxChargeKey(reference), charged, amount, refunded: 0, refunds: [] },
      ConditionExpression: charged ? 'attribute_not_exists(PK) OR charged = :no' : 'attribute_not_exists(PK)',
      ...(charged ? { ExpressionAttributeValues: { ':no': false } } : {}),
    })
    return (await conditionalWrite(table.client.send(put))).ok
  }

  return {
    name: 'sandbox',

    async capture({ reference, amount, token }) {
      const behavior = (Object.hasOwn(behaviors, token) && behaviors[token]) || 'declined'
      if (behavior === 'declined' || behavior === 'insufficient-funds') return { kind: 'declined', reason: behavior }
      if (behavior === 'no-response-then-charge' && (await remember(reference, { charged: false, amount }))) {
        return { kind: 'no-response' }
      }
      const isNew = await remember(reference, { charged: true, amount })
      if (behavior === 'charge-without-response') return { kind: 'no-response' }
      const charged = isNew ? amount : (await read(reference))!.amount
      return { kind: 'captured', charge: chargeOf(reference, charged) }
    },

    async findByReference(reference) {
      const memory = await read(reference)
      return memory?.charged ? { kind: 'found', charge: chargeOf(reference, memory.amount) } : { kind: 'absent' }
    },

    async refund({ paymentId, amount, idempotencyKey }) {
      const reference = paymentId.slice(prefix.length)
      const memory = await read(reference)
      if (!memory?.charged) return { kind: 'refused', detail: 'There is no such charge.' }
      if (memory.refunds.includes(idempotencyKey)) return { kind: 'refunded' }
      if (memory.refunded + amount.amount > memory.amount.amount) {
        return { kind: 'refused', detail: 'The refund exceeds what is left of the charge.' }
      }
      const update = new UpdateCommand({
        TableName: table.name,
        Key: sandboxChargeKey(reference),
        UpdateExpression: 'SET refunded = :after, refunds = list_append(refunds, :keys)',
        ConditionExpression: 'refunded = :before AND NOT contains(refunds, :key)',
        ExpressionAttributeValues: {
          ':before': memory.refunded,
          ':after': memory.refunded + amount.amount,
          ':key': idempotencyKey,
          ':keys': [idempotencyKey],
        },
      })
      return (await conditionalWrite(table.client.send(update))).ok ? { kind: 'refunded' } : { kind: 'no-response' }
    },

    async readNotification(body) {
      if (!reportedTypes.has(body['type'])) return { kind: 'ignored' }
      const parsed = Reported.safeParse(body)
      if (!parsed.success) return { kind: 'malformed', error: parsed.error }
      const { id, type, data } = parsed.data
      const about = { id, orderId: data.reference }
      switch (type) {
        case 'charge.captured':
          return { kind: 'captured', ...about, charge: chargeOf(data.reference, data.amount) }
        case 'charge.declined':
          return { kind: 'declined', ...about, reason: data.reason }
        case 'charge.disputed':
          return { kind: 'charged-back', ...about, disputeId: data.disputeId, amount: data.amount }
        case 'charge.reinstated':
          return { kind: 'chargeback-reversed', ...about, disputeId: data.disputeId, amount: data.amount }
        case 'refund.made':
          return { kind: 'refunded', ...about, refundId: data.refundId }
        case 'refund.failed':
          return { kind: 'refund-failed', ...about, refundId: data.refundId }
        default:
          return unreachable(type)
      }
    },
  }
}
