import { useEffect, useRef, useState } from 'react'
import { tabStorage } from '../browser-storage.ts'

/** Changes of a draft; as a function, of what it is by then. */
type Changes<Draft> = Partial<Draft> | ((draft: Draft) => Partial<Draft>)

/**
 * The content of a form, which a reload and the back button do not lose.
 * @param name of the form, and of the version that it changes; under another name, the draft is kept
 */
export function useDraft<Draft extends object>(
  name: string,
  initial: Draft,
): { draft: Draft; change: (changes: Changes<Draft>) => void; discard: () => void } {
  const key = `draft ${name}`
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
