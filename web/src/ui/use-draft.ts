import { useLayoutEffect, useRef, useState } from 'react'
import { useSession } from '../app-context.tsx'
import { draftKey, tabStorage } from '../browser-storage.ts'
import { typedSince, withFields } from './draft.ts'

/** Changes of a draft; as a function, of what it is by then. */
type Changes<Draft> = Partial<Draft> | ((draft: Draft) => Partial<Draft>)

interface DraftOfForm<Draft> {
  readonly draft: Draft
  /** Whether it differs from the initial content. */
  readonly isChanged: boolean
  readonly change: (changes: Changes<Draft>) => void
  /** @param sent what was saved: if something was typed since then, on this page or a later one, the draft remains */
  readonly discard: (sent?: Draft) => void
  /** The content was saved: what was typed since it was sent remains. */
  readonly endSaving: (sent: Draft, saved: Draft) => void
  readonly key: string
}

/** A response that arrives after the page of its form was left changes the same form on the page that is shown by then. */
const stored = new EventTarget()

/**
 * The content of a form, which a reload and the back button do not lose. The tab keeps it until its user signs out.
 * @param name of the form, and of the version that it changes; under another name, the draft is kept
 */
export function useDraft<Draft extends object>(name: string, initial: Draft): DraftOfForm<Draft> {
  const session = useSession()
  // The user stays the same while the session has ended and they sign in again.
  const [userId] = useState(session.kind === 'signed-in' ? session.user.userId : '')
  const key = draftKey(userId, name)
  /** Undefined while the form has its initial content, whatever that becomes. */
  const [typed, setTyped] = useState(() => storedDraft(key))
  const draft = withFields(initial, typed)
  const text = JSON.stringify(draft)
  const isChanged = text !== JSON.stringify(initial)
  if (typed && !isChanged) setTyped(undefined)
  const storedAs = useRef(key)
  // Both effects precede the next keystroke, whose change reads the storage.
  useLayoutEffect(() => {
    if (storedAs.current !== key) tabStorage.removeItem(storedAs.current)
    storedAs.current = key
    if (isChanged) tabStorage.setItem(key, text)
    else tabStorage.removeItem(key)
  }, [key, text, isChanged])
  const isShown = useRef(false)
  useLayoutEffect(() => {
    const read = () => setTyped(storedDraft(key))
    isShown.current = true
    stored.addEventListener(key, read)
    return () => {
      isShown.current = false
      stored.removeEventListener(key, read)
    }
  }, [key])

  const now = () => withFields(initial, storedDraft(key))
  const store = (content: Draft | undefined) => {
    if (content) tabStorage.setItem(key, JSON.stringify(content))
    else tabStorage.removeItem(key)
    stored.dispatchEvent(new Event(key))
  }
  return {
    draft,
    isChanged,
    key,
    change: (changes) => store({ ...now(), ...(typeof changes === 'function' ? changes(now()) : changes) }),
    discard: (sent) => {
      if (!sent || !typedSince(sent, now(), sent)) store(undefined)
    },
    // Without a stored draft, a form that is shown has its initial content; after its page was left, its user signed out.
    endSaving: (sent, saved) => store(isShown.current || storedDraft(key) ? typedSince(sent, now(), saved) : undefined),
  }
}

const storedDraft = (key: string): object | undefined => JSON.parse(tabStorage.getItem(key) ?? 'null') ?? undefined
