import { useState } from 'react'
import { Link, Redirect, useLocation, useSearchParams } from 'wouter'
import { useApp, useSession } from '../../app-context.tsx'
import { TextField } from '../../ui/field.tsx'
import { useAction } from '../../ui/use-action.ts'
import { CodeField, codeOf, CodeActions } from '../sign-in/code-field.tsx'
import { confirmAddress } from '../sign-in/confirm-address.ts'
import { FormPage } from '../sign-in/form-page.tsx'
import { nextPath, withNext } from '../sign-in/next-path.ts'
import { NewPasswordField } from '../../ui/password-fields.tsx'
import { expectCode, forgetCode, pendingCode, type PendingCode } from '../sign-in/pending-code.ts'

/** Two steps: the account, and the code that proves the address. A reload returns to the second one. */
export default function SignUpPage() {
  const session = useSession()
  const [parameters] = useSearchParams()
  const next = nextPath(parameters.get('next'))
  const [pending, setPending] = useState(() => pendingCode('sign-up'))
  if (session.kind === 'signed-in') return <Redirect to={next} replace />
  if (!pending) return <AccountStep next={next} onSignedUp={setPending} />
  const startAgain = () => {
    forgetCode('sign-up')
    setPending(undefined)
  }
  return <CodeStep key={pending.email} pending={pending} next={next} onStartAgain={startAgain} />
}

function AccountStep({
  next,
  onSignedUp,
}: {
  readonly next: string
  readonly onSignedUp: (pending: PendingCode) => void
}) {
  const { pool } = useApp()
  const signUp = useAction({
    mutationFn: async (form: FormData) => {
      const pending = { email: String(form.get('email')).trim(), password: String(form.get('password')) }
      await pool.signUp(pending.email, pending.password, String(form.get('name')).trim() || undefined)
      expectCode('sign-up', pending)
      return pending
    },
    onSuccess: onSignedUp,
  })
  return (
    <FormPage
      title="Create your account"
      action={signUp}
      fields={['email', 'password']}
      submit="Create account"
      below={
        <p className="cluster sign-in-links">
          Already a customer? <Link href={withNext('/sign-in', next)}>Sign in</Link>
        </p>
      }
    >
      {(errorOf) => (
        <>
          <TextField label="Name" name="name" autoComplete="name" maxLength={200} />
          <TextField
            label="Email address"
            name="email"
            type="email"
            autoComplete="username"
            hint="We send a code there, and news about your orders."
            required
            error={errorOf('email')}
          />
          <NewPasswordField label="Password" error={errorOf('password')} />
        </>
      )}
    </FormPage>
  )
}

function CodeStep({
  pending: { email, password },
  next,
  onStartAgain,
}: {
  readonly pending: PendingCode
  readonly next: string
  readonly onStartAgain: () => void
}) {
  const { pool, session } = useApp()
  const [, navigate] = useLocation()
  const confirm = useAction({
    mutationFn: async (form: FormData) => {
      await confirmAddress(pool, email, codeOf(form))
      const isSignedIn =
        password !== undefined &&
        (await session.signIn(email, password).then(
          (challenge) => challenge === undefined,
          () => false,
        ))
      forgetCode('sign-up')
      // After a reload the password is not known any more.
      if (!isSignedIn) navigate(withNext('/sign-in', next), { replace: true, state: { confirmed: email } })
    },
  })
  return (
    <FormPage
      title="Check your email"
      lead={
        <>
          We sent a code to <strong>{email}</strong>. Enter it to finish your account.
        </>
      }
      action={confirm}
      fields={['code']}
      submit="Confirm"
      below={<CodeActions send={() => pool.resendCode(email)} onStartAgain={onStartAgain} />}
    >
      {(errorOf) => <CodeField error={errorOf('code')} />}
    </FormPage>
  )
}
