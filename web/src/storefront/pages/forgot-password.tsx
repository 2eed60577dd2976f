import { useState } from 'react'
import { Link, Redirect, useLocation, useSearchParams } from 'wouter'
import { useApp, useSession } from '../../app-context.tsx'
import { signInProblem } from '../../session/failure.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Page } from '../../ui/page.tsx'
import { Notice } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { CodeField, codeOf, CodeActions } from '../sign-in/code-field.tsx'
import { nextPath, withNext } from '../sign-in/next-path.ts'
import { NewPasswordField } from '../../ui/password-fields.tsx'
import { expectCode, forgetCode, pendingCode } from '../sign-in/pending-code.ts'
import '../sign-in/sign-in.css'

/** Two steps: the address, then the code that was sent there with a new password. A reload returns to the second one. */
export default function ForgotPasswordPage() {
  const session = useSession()
  const [parameters] = useSearchParams()
  const next = nextPath(parameters.get('next'))
  const [email, setEmail] = useState(() => pendingCode('forgot-password')?.email)
  if (session.kind === 'signed-in') return <Redirect to={next} replace />
  if (email === undefined) return <AddressStep next={next} onSent={setEmail} />
  const startAgain = () => {
    forgetCode('forgot-password')
    setEmail(undefined)
  }
  return <PasswordStep email={email} next={next} onStartAgain={startAgain} />
}

function AddressStep({ next, onSent }: { readonly next: string; readonly onSent: (email: string) => void }) {
  const { pool } = useApp()
  const send = useAction({
    mutationFn: async (form: FormData) => {
      const email = String(form.get('email')).trim()
      await pool.forgotPassword(email)
      expectCode('forgot-password', { email })
      return email
    },
    onSuccess: onSent,
  })
  const problem = send.isError ? signInProblem(send.error) : undefined
  return (
    <Page title="Reset your password">
      <p className="sign-in-lead">Tell us your address, and we send you a code to choose a new password.</p>
      <div className="sign-in stack">
        <form
          className="card stack"
          onSubmit={(event) => {
            event.preventDefault()
            send.run(new FormData(event.currentTarget))
          }}
        >
          <TextField
            label="E-mail address"
            name="email"
            type="email"
            autoComplete="username"
            required
            error={problem?.field === 'email' ? problem.text : undefined}
          />
          {problem && problem.field !== 'email' && <Notice look="danger">{problem.text}</Notice>}
          <Button type="submit" look="primary" isPending={send.isPending}>
            Send the code
          </Button>
        </form>
        <p className="cluster sign-in-links">
          <Link href={withNext('/sign-in', next)}>Back to sign-in</Link>
        </p>
      </div>
    </Page>
  )
}

function PasswordStep({
  email,
  next,
  onStartAgain,
}: {
  readonly email: string
  readonly next: string
  readonly onStartAgain: () => void
}) {
  const { pool, session } = useApp()
  const [, navigate] = useLocation()
  const reset = useAction({
    mutationFn: async (form: FormData) => {
      const password = String(form.get('password'))
      await pool.resetPassword(email, codeOf(form), password)
      forgetCode('forgot-password')
      const challenge = await session.signIn(email, password).catch(() => 'failed' as const)
      if (challenge !== undefined) navigate(withNext('/sign-in', next), { replace: true })
    },
  })
  const problem = reset.isError ? signInProblem(reset.error) : undefined
  return (
    <Page title="Choose a new password">
      <p className="sign-in-lead">
        If <strong>{email}</strong> has an account, a code is on its way there.
      </p>
      <div className="sign-in stack">
        <form
          className="card stack"
          onSubmit={(event) => {
            event.preventDefault()
            reset.run(new FormData(event.currentTarget))
          }}
        >
          <CodeField error={problem?.field === 'code' ? problem.text : undefined} />
          {/* For password managers, which store the password under it. */}
          <input
            className="visually-hidden"
            type="email"
            autoComplete="username"
            value={email}
            readOnly
            tabIndex={-1}
            aria-hidden="true"
          />
          <NewPasswordField label="New password" error={problem?.field === 'password' ? problem.text : undefined} />
          {problem && (!problem.field || problem.field === 'email') && <Notice look="danger">{problem.text}</Notice>}
          <Button type="submit" look="primary" isPending={reset.isPending}>
            Save and sign in
          </Button>
        </form>
        <CodeActions send={() => pool.forgotPassword(email)} onStartAgain={onStartAgain} />
      </div>
    </Page>
  )
}
