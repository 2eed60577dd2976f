import { useRef, useState } from 'react'
import { newDraft, parseDraft, type Draft } from './draft.ts'
import { tabStorage } from '../../browser-storage.ts'

const draftKey = 'cartwheel.checkout'
const lastOrderKey = 'cartwheel.last-order'

/** The draft of this tab, which survives a reload and a sign-in. */
export function useDraft(user: { readonly userId: string; readonly name: string }): {
  draft: Draft
  change: (changes: Partial<Draft>) => void
  /** Ends the draft: what is ordered next is another order. */
  finish: (orderId: string) => void
} {
  const [draft, setDraft] = useState(() => parseDraft(tabStorage.getItem(draftKey), user))
  const newest = useRef(draft)
  const store = (next: Draft) => {
    newest.current = next
    // At once: a reload at any moment finds it.
    tabStorage.setItem(draftKey, JSON.stringify(next))
    setDraft(next)
  }
  return {
    draft,
    change: (changes) => store({ ...newest.current, ...changes }),
    finish: (orderId) => {
      tabStorage.setItem(lastOrderKey, JSON.stringify([user.userId, orderId]))
      store(newDraft(user))
    },
  }
}

/** @returns the order that this customer placed last in this tab */
export function lastOrder(userId: string): string | undefined {
  try {
    const [customer, orderId] = JSON.parse(tabStorage.getItem(lastOrderKey) ?? '[]') as string[]
    return customer === userId ? orderId : undefined
  } catch {
    return undefined
  }
}
