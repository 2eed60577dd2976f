import { useId, type ReactNode } from 'react'
import { Button } from '../../ui/button.tsx'
import type { Action } from '../../ui/use-action.ts'

/** A part of the account's page: what it is about, and its form. */
export function Section({
  title,
  text,
  children,
}: {
  readonly title: string
  readonly text?: ReactNode
  readonly children: ReactNode
}) {
  const id = useId()
  return (
    <section className="account-section" aria-labelledby={id}>
      <div className="account-section-head">
        <h2 id={id}>{title}</h2>
        {text && <p className="soft small">{text}</p>}
      </div>
      <div className="card stack">{children}</div>
    </section>
  )
}

/** The button of a form, and whether what it shows is saved. */
export const SaveRow = <Data, Input>({
  action,
  label = 'Save',
  saved = 'Saved.',
}: {
  readonly action: Pick<Action<Data, Input>, 'isPending' | 'isSuccess'>
  readonly label?: string
  readonly saved?: string
}) => (
  <div className="cluster">
    <Button type="submit" look="primary" isPending={action.isPending}>
      {label}
    </Button>
    <p role="status" className="save-done">
      {action.isSuccess && saved}
    </p>
  </div>
)
