import { useState } from 'react'

export interface IdempotencyKeys {
  /** @returns the key of this content: the same as before unless the content has changed */
  keyFor(content: unknown): string
  /** After a success: the same content sent again is meant to take effect again. */
  reset(): void
}

export function idempotencyKeys(newKey: () => string): IdempotencyKeys {
  let sent: { readonly content: string; readonly key: string } | undefined
  return {
    keyFor(content) {
      const text = JSON.stringify(content)
      if (sent?.content !== text) sent = { content: text, key: newKey() }
      return sent.key
    },
    reset() {
      sent = undefined
    },
  }
}

/** The Idempotency-Key of a form: a repeated request has the same one until the form's content changes. */
export function useIdempotencyKeys(): IdempotencyKeys {
  const [keys] = useState(() => idempotencyKeys(() => crypto.randomUUID()))
  return keys
}
