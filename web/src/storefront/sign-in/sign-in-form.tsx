import { Link, useLocation } from 'wouter'
import { useApp } from '../../app-context.tsx'
import { UserPoolFailure } from '../../session/failure.ts'
import { Button } from '../../ui/button.tsx'
import { SignInFields, useSignIn } from '../../ui/sign-in-fields.tsx'
import { withNext } from './next-path.ts'
import { expectCode } from './pending-code.ts'
import './sign-in.css'

/**
 * Signs a customer in. One whose address is not confirmed yet goes to that step of the sign-up.
 * @param props.next where the other pages for signing in lead to
 */
export function SignInForm({ next, email }: { readonly next: string; readonly email?: string | undefined }) {
  const { pool, session } = useApp()
  const [, navigate] = useLocation()
  const signIn = useSignIn(async (address, password) => {
    try {
      return await session.signIn(address, password)
    } catch (error) {
      if (!(error instanceof UserPoolFailure) || error.code !== 'UserNotConfirmedException') throw error
      // The first email may be weeks old. If this one is not sent, the next step offers to send another.
      await pool.resendCode(address).catch(() => undefined)
      expectCode('sign-up', { email: address, password })
      navigate(withNext('/sign-up', next))
      return undefined
    }
  })
  return (
    <form
      ref={signIn.form}
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        signIn.run(new FormData(event.currentTarget))
      }}
    >
      <SignInFields signIn={signIn} email={email} />
      <Button type="submit" look="primary" isPending={signIn.isPending}>
        Sign in
      </Button>
      {signIn.challenge === undefined && (
        <p className="cluster sign-in-links">
          <Link href={withNext('/forgot-password', next)}>Forgot password?</Link>
        </p>
      )}
    </form>
  )
}
