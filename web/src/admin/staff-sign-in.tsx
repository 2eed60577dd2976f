import { useApp } from '../app-context.tsx'
import { Button } from '../ui/button.tsx'
import { SignInFields, useSignIn } from '../ui/sign-in-fields.tsx'
import { Notice } from '../ui/states.tsx'
import { Gate } from './gate.tsx'

/** Signs staff in with a password and, where the stage asks for it, the code of an authenticator app. */
export function StaffSignIn({
  hasExpired,
  email,
}: {
  readonly hasExpired: boolean
  /** Of the session that has expired. */
  readonly email?: string | undefined
}) {
  const { session } = useApp()
  const signIn = useSignIn((address, password) => session.signIn(address, password))
  return (
    <Gate title="Back office">
      <form
        ref={signIn.form}
        className="card stack sign-in"
        onSubmit={(event) => {
          event.preventDefault()
          signIn.run(new FormData(event.currentTarget))
        }}
      >
        {hasExpired && <Notice look="warning">Your session has ended. Sign in again to continue.</Notice>}
        <SignInFields signIn={signIn} email={email} hasFocus />
        <Button type="submit" look="primary" isPending={signIn.isPending}>
          Sign in
        </Button>
        {signIn.challenge && (
          <Button look="quiet" onClick={signIn.startAgain}>
            Start again
          </Button>
        )}
      </form>
    </Gate>
  )
}
