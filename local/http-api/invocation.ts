import type { Clock } from '../clock.ts'
import type { Invoke } from '../lambda/service.ts'
import type { Rejection } from './model.ts'

export interface GatewayOptions {
  readonly clock: Clock
  readonly invoke: Invoke
  /** Whether requests wait for a function without a time limit, as while it is debugged. @default none does */
  readonly isUnlimited?: (functionArn: string) => boolean
}

/** Rejects after the limit; the invocation continues, as on AWS. */
export function invokeWithin(
  limit: { readonly ms: number; readonly rejection: (reason: string) => Rejection },
  { clock, invoke, isUnlimited }: GatewayOptions,
  ...call: Parameters<Invoke>
): ReturnType<Invoke> {
  const invoked = invoke(...call)
  if (isUnlimited?.(call[0])) return invoked
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(limit.ms, () => reject(limit.rejection(`No response within ${limit.ms} ms.`)))
    invoked.then(resolve, reject).finally(cancel)
  })
}
