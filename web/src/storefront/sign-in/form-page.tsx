import type { ReactNode } from 'react'
import { signInProblem, type SignInProblem } from '../../session/failure.ts'
import { Button } from '../../ui/button.tsx'
import { useRejectedFieldFocus } from '../../ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { Notice } from '../../ui/states.tsx'
import type { Action } from '../../ui/use-action.ts'
import './sign-in.css'

type Field = NonNullable<SignInProblem['field']>

/** A page with one form that calls the user pool. A problem is shown beside its field, which gets the focus, or above the button. */
export function FormPage({
  title,
  lead,
  action,
  fields,
  submit,
  children,
  below,
}: {
  readonly title: string
  readonly lead?: ReactNode
  readonly action: Action<unknown, FormData>
  /** Those of the form that a problem can be about. */
  readonly fields: readonly Field[]
  /** The text of the button. */
  readonly submit: string
  /** The fields, given the reason why the value of one was rejected. */
  readonly children: (errorOf: (field: Field) => string | undefined) => ReactNode
  readonly below: ReactNode
}) {
  const form = useRejectedFieldFocus({ error: action.error })
  const problem = action.isError ? signInProblem(action.error) : undefined
  const isBesideField = problem?.field !== undefined && fields.includes(problem.field)
  return (
    <Page title={title}>
      {lead && <p className="sign-in-lead">{lead}</p>}
      <div className="sign-in stack">
        <form
          ref={form}
          className="card stack"
          onSubmit={(event) => {
            event.preventDefault()
            action.run(new FormData(event.currentTarget))
          }}
        >
          {children((field) => (problem?.field === field ? problem.text : undefined))}
          {problem && !isBesideField && <Notice look="danger">{problem.text}</Notice>}
          <Button type="submit" look="primary" isPending={action.isPending}>
            {submit}
          </Button>
        </form>
        {below}
      </div>
    </Page>
  )
}
