import { useState } from 'react'
import { Link, Redirect, useLocation, useSearchParams } from 'wouter'
import { useApp, useSession } from '../../app-context.tsx'
import { TextField } from '../../ui/field.tsx'
import { useAction } from '../../ui/use-action.ts'
import { CodeField, codeOf, CodeActions } from '../sign-in/code-field.tsx'
import { FormPage } from '../sign-in/form-page.tsx'
import { nextPath, withNext } from '../sign-in/next-path.ts'
import { NewPasswordField } from '../../ui/password-fields.tsx'
import { expectCode, forgetCode, pendingCode } from '../sign-in/pending-code.ts'

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
  return (
    <FormPage
      title="Reset your password"
      lead="Enter your address, and we send you a code to choose a new password."
      action={send}
      fields={['email']}
      submit="Send the code"
      below={
        <p className="cluster sign-in-links">
          <Link href={withNext('/sign-in', next)}>Back to sign-in</Link>
        </p>
      }
    >
      {(errorOf) => (
        <TextField
          label="Email address"
          name="email"
          type="email"
          autoComplete="username"
          required
          error={errorOf('email')}
        />
      )}
    </FormPage>
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
  return (
    <FormPage
      title="Choose a new password"
      lead={
        <>
          If <strong>{email}</strong> has a confirmed account, a code is on its way there.
        </>
      }
      action={reset}
      fields={['code', 'password']}
      submit="Save and sign in"
      below={<CodeActions send={() => pool.forgotPassword(email)} onStartAgain={onStartAgain} />}
    >
      {(errorOf) => (
        <>
          <CodeField error={errorOf('code')} />
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
          <NewPasswordField label="New password" error={errorOf('password')} />
        </>
      )}
    </FormPage>
  )
}
