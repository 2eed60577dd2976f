import { useEffect, useRef, type ReactNode } from 'react'
import { Button } from './button.tsx'
import { focusHeading } from './navigation.ts'

/** Asks before something that cannot be undone. Escape and the first button leave everything as it is. */
export function ConfirmDialog({
  title,
  children,
  confirm,
  isPending = false,
  onConfirm,
  onClose,
}: {
  readonly title: string
  readonly children: ReactNode
  /** The text of the button that does it. */
  readonly confirm: string
  readonly isPending?: boolean
  readonly onConfirm: () => void
  readonly onClose: () => void
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    return () => {
      // The browser does this for a dialog that is closed, not for one that is removed.
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true })
      else focusHeading()
    }
  }, [])
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="dialog-title" onClose={onClose}>
      <div className="stack">
        <h2 id="dialog-title">{title}</h2>
        {children}
        <div className="cluster dialog-actions">
          <Button onClick={() => dialog.current?.close()}>Keep as it is</Button>
          <Button look="danger" isPending={isPending} onClick={onConfirm}>
            {confirm}
          </Button>
        </div>
      </div>
    </dialog>
  )
}
