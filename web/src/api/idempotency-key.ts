import { useState } from 'react'
import { tabStorage } from '../browser-storage.ts'

interface IdempotencyKeys {
  /** @returns the key of this content: the same as before unless the content has changed */
  keyFor(content: unknown): string
  /** After a success: the same content sent again is meant to take effect again. */
  reset(): void
}

interface Sent {
  readonly content: string
  readonly key: string
}

/** Where the key is kept together with the content that it was sent with. */
interface SentStore {
  load(): Sent | undefined
  save(sent: Sent | undefined): void
}

export function idempotencyKeys(newKey: () => string, store: SentStore = inMemory()): IdempotencyKeys {
  return {
    keyFor(content) {
      const text = JSON.stringify(content)
      const before = store.load()
      if (before?.content === text) return before.key
      const sent = { content: text, key: newKey() }
      store.save(sent)
      return sent.key
    },
    reset: () => store.save(undefined),
  }
}

function inMemory(): SentStore {
  let last: Sent | undefined
  return {
    load: () => last,
    save: (sent) => {
      last = sent
    },
  }
}

/** Survives a reload: a request whose response was lost is repeated with its key. */
const inSession = (form: string): SentStore => {
  const name = `${form} idempotency-key`
  return {
    load: () => JSON.parse(tabStorage.getItem(name) ?? 'null') ?? undefined,
    save: (sent) => {
      if (sent) tabStorage.setItem(name, JSON.stringify(sent))
      else tabStorage.removeItem(name)
    },
  }
}

/**
 * The Idempotency-Key of a form: a repeated request has the same one until the form's content changes.
 * @param form the key of a draft, whose content survives a reload; the Idempotency-Key does too
 */
export function useIdempotencyKeys(form?: string): IdempotencyKeys {
  const [keys] = useState(() =>
    idempotencyKeys(() => crypto.randomUUID(), form === undefined ? undefined : inSession(form)),
  )
  return keys
}
