import { Activity, useState, type ReactNode } from 'react'
import { Redirect, useLocation, useSearch } from 'wouter'
import { useSession } from '../app-context.tsx'
import { Page } from '../ui/page.tsx'
import { Loading, Notice } from '../ui/states.tsx'
import { withNext } from './sign-in/next-path.ts'
import { SignInForm } from './sign-in/sign-in-form.tsx'

/**
 * A page for signed-in customers. Others sign in first and come back. A session that ends while the page is open asks for
 * the password on the spot: the page stays, hidden, with all that was typed, unless another customer signs in.
 */
export function RequireSession({ children }: { readonly children: ReactNode }) {
  const session = useSession()
  const [path] = useLocation()
  const search = useSearch()
  const here = search ? `${path}?${search}` : path
  const userId = session.kind === 'signed-in' ? session.user.userId : undefined
  const [shownTo, setShownTo] = useState(userId)
  if (userId !== undefined && userId !== shownTo) setShownTo(userId)
  if (session.kind === 'starting') return <LoadingSession />
  const hasExpired = session.kind === 'signed-out' && session.hasExpired
  if (session.kind === 'signed-out' && !(hasExpired && shownTo !== undefined)) {
    return <Redirect to={withNext('/sign-in', here)} replace />
  }
  return (
    <>
      {hasExpired && <SignInAgain next={here} />}
      <Activity key={shownTo} mode={hasExpired ? 'hidden' : 'visible'}>
        {children}
      </Activity>
    </>
  )
}

const SignInAgain = ({ next }: { readonly next: string }) => (
  <Page title="Sign in again">
    <div className="sign-in stack">
      <Notice look="warning" title="Your session has ended">
        <p>Sign in, and you continue where you were. What you typed is kept.</p>
      </Notice>
      <div className="card">
        <SignInForm next={next} />
      </div>
    </div>
  </Page>
)

const LoadingSession = () => (
  <main className="container page">
    <Loading label="Looking for your session" />
  </main>
)
