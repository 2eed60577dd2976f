import type { Chaos } from '../chaos.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { DynamoOperation } from './operation.ts'
import { conflictError, conflictReason, noReason, requireNoReasons } from './operations/transactions.ts'

/** The same operation with faults: a request that gets an error has written nothing. */
export function withFaults(operation: DynamoOperation): DynamoOperation {
  const isTransaction = operation.name.startsWith('Transact')
  const isWrite = ['PutItem', 'UpdateItem', 'DeleteItem'].includes(operation.name)
  return {
    ...operation,
    run(request, engine) {
      const { chaos, recent } = engine
      if (isTransaction) cancel(chaos, request.targets.length)
      else if (chaos.hits('throttled table requests')) throw throttled(chaos)
      if (isWrite && chaos.hits('transaction conflicts')) throw conflictError()
      const staleMs = eventuallyConsistent(operation.name, request) ? chaos.delayMs('stale reads') : 0
      return staleMs > 0 && recent
        ? recent.readPast(staleMs, () => operation.run(request, engine))
        : operation.run(request, engine)
    },
  }
}

/** BatchGetItem is never stale if it reads one of its tables consistently. */
function eventuallyConsistent(name: string, request: any): boolean {
  if (name === 'BatchGetItem') return !request.tables.some((table: { consistent: boolean }) => table.consistent)
  return ['GetItem', 'Query', 'Scan'].includes(name) && !request.consistent
}

/** @throws AwsError TransactionCanceledException that names one of the actions */
function cancel(chaos: Chaos, actions: number): void {
  const fault = (['transaction conflicts', 'throttled table requests'] as const).find((each) => chaos.hits(each))
  if (fault === undefined) return
  const positions = Array.from({ length: actions }, (_, position) => position)
  const failed = chaos.pick(fault, positions)
  const reason = fault === 'transaction conflicts' ? conflictReason : throttledReason
  requireNoReasons(positions.map((position) => (position === failed ? reason : noReason)))
}

/** "Code: ThrottlingError, Message: … Throughput exceeds the current capacity of your table or index" (TransactWriteItems). */
const throttledReason = {
  Code: 'ThrottlingError',
  Message:
    'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly.',
} as const

/** Which of the two errors depends on what limits the table. */
const throttled = (chaos: Chaos): AwsError =>
  chaos.pick('throttled table requests', [
    new AwsError('ThrottlingException', throttledReason.Message),
    new AwsError(
      'ProvisionedThroughputExceededException',
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
    ),
  ])
