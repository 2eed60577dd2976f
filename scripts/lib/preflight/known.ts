/** A fact that AWS told, or why it did not. */
export type Known<T> = { readonly known: true; readonly value: T } | Unknown

export interface Unknown {
  readonly known: false
  readonly why: string
  readonly remedy: string
}

const denials = ['AccessDenied', 'AccessDeniedException', 'AuthorizationError', 'AuthorizationErrorException']

/**
 * Asks AWS one thing. What it refuses to tell, or cannot tell now, is a fact too: other checks go on.
 * @param permission what the question needs, such as `ses:GetAccount`
 * @throws what is a bug of ours and no answer
 */
export async function ask<T>(permission: string, question: () => Promise<T>): Promise<Known<T>> {
  try {
    return { known: true, value: await question() }
  } catch (error) {
    if (!isAnswer(error)) throw error
    if (denials.includes(error.name))
      return {
        known: false,
        why: `needs permission ${permission}`,
        remedy: 'Grant it to these credentials, or look yourself.',
      }
    return { known: false, why: `${permission} failed: ${error.name}: ${firstLine(error)}`, remedy: 'Try again.' }
  }
}

/** Whether AWS, or the way to it, made the error. */
export const isAnswer = (error: unknown): error is Error =>
  error instanceof Error && ('$metadata' in error || isUnreachable(error))

const networkFaults = ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH']

export const isUnreachable = (error: Error): boolean =>
  error.name === 'TimeoutError' || networkFaults.includes((error as { code?: string }).code ?? '')

export const firstLine = ({ message }: Error): string => message.split('\n')[0]!

/** Several facts as one: known when all are. */
export function all<T>(facts: readonly Known<T>[]): Known<T[]> {
  const unknown = facts.find((fact) => !fact.known)
  if (unknown && !unknown.known) return unknown
  return { known: true, value: facts.flatMap((fact) => (fact.known ? [fact.value] : [])) }
}
