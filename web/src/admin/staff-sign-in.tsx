import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useApp } from '../app-context.tsx'
import { explainSignIn } from '../session/failure.ts'
import type { Challenge } from '../session/user-pool.ts'
import { Button } from '../ui/button.tsx'
import { TextField } from '../ui/field.tsx'
import { Notice } from '../ui/states.tsx'
import { Gate } from './gate.tsx'

/** Signs staff in with a password and, where the stage asks for it, the code of an authenticator app. */
export function StaffSignIn({
  hasExpired,
  email = '',
}: {
  readonly hasExpired: boolean
  /** Of the session that has expired. */
  readonly email?: string | undefined
}) {
  const { session } = useApp()
  const [challenge, setChallenge] = useState<Challenge>()
  const signIn = useMutation({
    mutationFn: (form: FormData) =>
      challenge
        ? session.answerChallenge(challenge, String(form.get('response')))
        : session.signIn(String(form.get('email')).trim(), String(form.get('password'))),
    onSuccess: setChallenge,
  })
  return (
    <Gate title="Back office">
      <form
        className="card stack sign-in"
        onSubmit={(event) => {
          event.preventDefault()
          if (!signIn.isPending) signIn.mutate(new FormData(event.currentTarget))
        }}
      >
        {hasExpired && <Notice look="warning">Your session has ended. Sign in again to continue.</Notice>}
        {signIn.isError && <Notice look="danger">{explainSignIn(signIn.error)}</Notice>}
        {challenge === undefined && (
          <>
            <TextField
              label="E-mail address"
              name="email"
              type="email"
              autoComplete="username"
              defaultValue={email}
              autoFocus={email === ''}
              required
            />
            <TextField
              label="Password"
              name="password"
              type="password"
              autoComplete="current-password"
              autoFocus={email !== ''}
              required
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
            required
          />
        )}
        {challenge?.kind === 'new-password' && (
          <TextField
            key="password"
            label="New password"
            hint="At least 12 characters with capital letters, small letters and digits."
            name="response"
            type="password"
            autoComplete="new-password"
            required
          />
        )}
        <Button type="submit" look="primary" isPending={signIn.isPending}>
          Sign in
        </Button>
        {challenge && (
          <Button
            look="quiet"
            onClick={() => {
              setChallenge(undefined)
              signIn.reset()
            }}
          >
            Start again
          </Button>
        )}
      </form>
    </Gate>
  )
}
