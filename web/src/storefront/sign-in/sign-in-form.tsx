import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useApp } from '../../app-context.tsx'
import { signInProblem, UserPoolFailure } from '../../session/failure.ts'
import type { Challenge } from '../../session/user-pool.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { withNext } from './next-path.ts'
import { NewPasswordField, PasswordField } from './password-fields.tsx'
import { expectCode } from './pending-code.ts'
import './sign-in.css'

/**
 * Signs a customer in. What follows is up to the page, which sees the session change.
 * @param props.next where the other pages for signing in lead to
 */
export function SignInForm({ next, email }: { readonly next: string; readonly email?: string | undefined }) {
  const { pool, session } = useApp()
  const [, navigate] = useLocation()
  const [challenge, setChallenge] = useState<Challenge>()
  const signIn = useAction({
    mutationFn: async (form: FormData) => {
      if (challenge) return session.answerChallenge(challenge, String(form.get('response')).trim())
      const typed = { email: String(form.get('email')).trim(), password: String(form.get('password')) }
      try {
        return await session.signIn(typed.email, typed.password)
      } catch (error) {
        if (!(error instanceof UserPoolFailure) || error.code !== 'UserNotConfirmedException') throw error
        // The first e-mail may be weeks old. If this one is not sent, the next step offers to send another.
        await pool.resendCode(typed.email).catch(() => undefined)
        expectCode('sign-up', typed)
        navigate(withNext('/sign-up', next))
        return undefined
      }
    },
    onSuccess: setChallenge,
    // A challenge that took too long begins again with the password.
    onError: (error) => {
      if (error instanceof UserPoolFailure && /session/i.test(error.message)) setChallenge(undefined)
    },
  })
  const problem = signIn.isError ? signInProblem(signIn.error) : undefined
  const isCode = challenge?.kind === 'second-factor'
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        signIn.run(new FormData(event.currentTarget))
      }}
    >
      {challenge === undefined && (
        <>
          <TextField
            label="E-mail address"
            name="email"
            type="email"
            autoComplete="username"
            defaultValue={email}
            required
            error={problem?.field === 'email' ? problem.text : undefined}
          />
          <PasswordField
            label="Password"
            name="password"
            error={problem?.field === 'password' ? problem.text : undefined}
          />
        </>
      )}
      {isCode && (
        <TextField
          key="code"
          label="Code of your authenticator app"
          name="response"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          error={problem?.field === 'code' ? problem.text : undefined}
        />
      )}
      {challenge?.kind === 'new-password' && (
        <>
          <p>The shop gave you this password. Choose your own now.</p>
          <NewPasswordField
            key="password"
            label="New password"
            name="response"
            error={problem?.field === 'password' ? problem.text : undefined}
          />
        </>
      )}
      {problem && !problem.field && <Notice look="danger">{problem.text}</Notice>}
      <Button type="submit" look="primary" isPending={signIn.isPending}>
        Sign in
      </Button>
      {challenge === undefined && (
        <p className="cluster sign-in-links">
          <Link href={withNext('/forgot-password', next)}>Forgot password?</Link>
        </p>
      )}
    </form>
  )
}
