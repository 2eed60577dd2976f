import { Link, Redirect, useSearchParams } from 'wouter'
import { useHistoryState } from 'wouter/use-browser-location'
import { useSession } from '../../app-context.tsx'
import { Page } from '../../ui/page.tsx'
import { Loading, Notice } from '../../ui/states.tsx'
import { nextPath, withNext } from '../sign-in/next-path.ts'
import { SignInForm } from '../sign-in/sign-in-form.tsx'

export default function SignInPage() {
  const session = useSession()
  const [parameters] = useSearchParams()
  const next = nextPath(parameters.get('next'))
  const confirmed = useHistoryState<{ confirmed?: string } | null>()?.confirmed
  if (session.kind === 'signed-in') return <Redirect to={next} replace />
  return (
    <Page title="Sign in">
      <div className="sign-in stack">
        {session.kind === 'starting' ? (
          <Loading label="Looking for your session" />
        ) : (
          <>
            {session.hasExpired && (
              <Notice look="warning" title="Your session has ended">
                <p>Sign in again, and you continue where you were.</p>
              </Notice>
            )}
            {confirmed && (
              <Notice look="success" title="Your address is confirmed">
                <p>Sign in to start shopping.</p>
              </Notice>
            )}
            <div className="card">
              <SignInForm next={next} email={confirmed} />
            </div>
            <p className="cluster sign-in-links">
              New here? <Link href={withNext('/sign-up', next)}>Create an account</Link>
            </p>
          </>
        )}
      </div>
    </Page>
  )
}
