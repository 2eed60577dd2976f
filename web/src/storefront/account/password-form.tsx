import { useState } from 'react'
import { useApp } from '../../app-context.tsx'
import { signInProblem, UserPoolFailure, type SignInProblem } from '../../session/failure.ts'
import { useRejectedFieldFocus } from '../../ui/field.tsx'
import { useKeptFocus } from '../../ui/navigation.ts'
import { Notice } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { NewPasswordField, PasswordField } from '../../ui/password-fields.tsx'
import { SaveRow } from './section.tsx'

interface Passwords {
  readonly current: string
  readonly proposed: string
}

export function PasswordForm({ email }: { readonly email: string }) {
  const { pool, session } = useApp()
  /** Counts changes: a form of its own for each, which begins empty. */
  const [changes, setChanges] = useState(0)
  const change = useAction({
    mutationFn: ({ current, proposed }: Passwords) =>
      session.withAccessToken((accessToken) => pool.changePassword(accessToken, current, proposed)),
    onSuccess: () => setChanges(changes + 1),
  })
  const form = useRejectedFieldFocus({ error: change.error })
  const focus = useKeptFocus(String(changes))
  const problem = change.isError ? problemOf(change.error) : undefined
  return (
    <form
      key={changes}
      ref={form}
      {...focus}
      className="stack"
      onChange={() => change.isSuccess && change.reset()}
      onSubmit={(event) => {
        event.preventDefault()
        const typed = new FormData(event.currentTarget)
        change.run({ current: String(typed.get('current')), proposed: String(typed.get('proposed')) })
      }}
    >
      {/* For password managers, which store the password under it. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <PasswordField label="Current password" name="current" error={problem?.isCurrent ? problem.text : undefined} />
      <NewPasswordField
        label="New password"
        name="proposed"
        error={problem?.field === 'password' && !problem.isCurrent ? problem.text : undefined}
      />
      {problem && problem.field !== 'password' && <Notice look="danger">{problem.text}</Notice>}
      <SaveRow action={change} label="Change password" saved="Your password is changed." />
    </form>
  )
}

/** The pool responds with the same exception for the wrong password and for a session that was ended. */
function problemOf(error: unknown): SignInProblem & { readonly isCurrent?: true } {
  const isRefused = error instanceof UserPoolFailure && error.code === 'NotAuthorizedException'
  if (!isRefused) return signInProblem(error)
  return /token/i.test(error.message)
    ? { text: 'Your session has ended. Reload the page to sign in again.' }
    : { text: 'This is not your current password.', field: 'password', isCurrent: true }
}
