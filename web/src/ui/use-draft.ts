import { useEffect, useRef, useState } from 'react'
import { useSession } from '../app-context.tsx'
import { draftKey, tabStorage } from '../browser-storage.ts'

/** Changes of a draft; as a function, of what it is by then. */
type Changes<Draft> = Partial<Draft> | ((draft: Draft) => Partial<Draft>)

/**
 * The content of a form, which a reload and the back button do not lose. The tab keeps it until its user signs out.
 * @param name of the form, and of the version that it changes; under another name, the draft is kept
 */
export function useDraft<Draft extends object>(
  name: string,
  initial: Draft,
): { draft: Draft; change: (changes: Changes<Draft>) => void; discard: () => void; key: string } {
  const session = useSession()
  // The user stays the same while the session has ended and they sign in again.
  const [userId] = useState(session.kind === 'signed-in' ? session.user.userId : '')
  const key = draftKey(userId, name)
  const [draft, setDraft] = useState(() => storedDraft<Draft>(key, initial))
  const isChanged = JSON.stringify(draft) !== JSON.stringify(initial)
  const storedAs = useRef(key)
  useEffect(() => {
    if (storedAs.current !== key) tabStorage.removeItem(storedAs.current)
    storedAs.current = key
    if (isChanged) tabStorage.setItem(key, JSON.stringify(draft))
    else tabStorage.removeItem(key)
  }, [key, draft, isChanged])
  return {
    draft,
    key,
    change: (changes) =>
      setDraft((before) => ({ ...before, ...(typeof changes === 'function' ? changes(before) : changes) })),
    discard: () => {
      tabStorage.removeItem(key)
      setDraft(initial)
    },
  }
}

/** Only the fields that the form still has. */
function storedDraft<Draft extends object>(key: string, initial: Draft): Draft {
  const text = tabStorage.getItem(key)
  if (text === null) return initial
  const stored = JSON.parse(text) as Partial<Draft>
  const names = Object.keys(initial) as (keyof Draft)[]
  return { ...initial, ...Object.fromEntries(names.flatMap((each) => (each in stored ? [[each, stored[each]]] : []))) }
}
