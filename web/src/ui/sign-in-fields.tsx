import { useState, type RefObject } from 'react'
import { useApp } from '../app-context.tsx'
import { signInProblem, UserPoolFailure, type SignInProblem } from '../session/failure.ts'
import type { Challenge } from '../session/user-pool.ts'
import { TextField, useRejectedFieldFocus } from './field.tsx'
import { NewPasswordField, PasswordField } from './password-fields.tsx'
import { Notice } from './states.tsx'
import { useAction } from './use-action.ts'

interface SignIn {
  /** Of the form: its rejected field gets the focus. */
  readonly form: RefObject<HTMLFormElement | null>
  /** What the user pool asks for after the password. */
  readonly challenge: Challenge | undefined
  readonly problem: SignInProblem | undefined
  readonly isPending: boolean
  readonly run: (form: FormData) => void
  readonly startAgain: () => void
}

/**
 * Signs in with the values of `SignInFields`. What follows is up to the page, which sees the session change.
 * @param signIn the first step, which returns a challenge if there is a second one
 */
export function useSignIn(signIn: (email: string, password: string) => Promise<Challenge | undefined>): SignIn {
  const { session } = useApp()
  const [challenge, setChallenge] = useState<Challenge>()
  const { error, isPending, run, reset } = useAction({
    mutationFn: (form: FormData) =>
      challenge
        ? session.respondToChallenge(challenge, String(form.get('response')).trim())
        : signIn(String(form.get('email')).trim(), String(form.get('password'))),
    onSuccess: setChallenge,
    // A challenge that took too long begins again with the password.
    onError: (failure) => {
      if (failure instanceof UserPoolFailure && /session/i.test(failure.message)) setChallenge(undefined)
    },
  })
  const form = useRejectedFieldFocus({ error })
  const startAgain = () => {
    setChallenge(undefined)
    reset()
  }
  return { form, challenge, problem: error ? signInProblem(error) : undefined, isPending, run, startAgain }
}

/** Address and password, the code of an authenticator app, or a new password, and why the last one was rejected. */
export function SignInFields({
  signIn: { challenge, problem },
  email = '',
  hasFocus = false,
}: {
  readonly signIn: SignIn
  readonly email?: string | undefined
  /** Whether the first empty field gets the focus. */
  readonly hasFocus?: boolean
}) {
  const fields = fieldsOf(challenge)
  const errorOf = (field: SignInProblem['field']) => (problem?.field === field ? problem?.text : undefined)
  return (
    <>
      {challenge === undefined && (
        <>
          <TextField
            label="Email address"
            name="email"
            type="email"
            autoComplete="username"
            defaultValue={email}
            autoFocus={hasFocus && email === ''}
            required
            error={errorOf('email')}
          />
          <PasswordField
            label="Password"
            name="password"
            autoFocus={hasFocus && email !== ''}
            error={errorOf('password')}
          />
        </>
      )}
      {challenge?.kind === 'second-factor' && (
        <TextField
          key="code"
          label="Code of your authenticator app"
          name="response"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          required
          error={errorOf('code')}
        />
      )}
      {challenge?.kind === 'new-password' && (
        <>
          <p>The shop gave you this password. Choose your own now.</p>
          <NewPasswordField key="password" label="New password" name="response" autoFocus error={errorOf('password')} />
        </>
      )}
      {problem && !fields.includes(problem.field) && <Notice look="danger">{problem.text}</Notice>}
    </>
  )
}

/** The fields of a step, beside which a problem can be shown. */
function fieldsOf(challenge: Challenge | undefined): readonly SignInProblem['field'][] {
  if (challenge === undefined) return ['email', 'password']
  return challenge.kind === 'second-factor' ? ['code'] : ['password']
}
