import { Suspense } from 'react'
import { Link, Redirect, Route, Router, Switch } from 'wouter'
import { useApp, useSession } from '../app-context.tsx'
import { Button } from '../ui/button.tsx'
import { useScrollToTop } from '../ui/navigation.ts'
import { OfflineBanner } from '../ui/offline-banner.tsx'
import { Page } from '../ui/page.tsx'
import { Loading } from '../ui/states.tsx'
import { Wordmark } from '../ui/wordmark.tsx'
import { areas } from './areas.tsx'
import { StaffSignIn } from './staff-sign-in.tsx'

export function BackOffice() {
  const session = useSession()
  return (
    <Router base="/admin">
      <OfflineBanner />
      {session.kind === 'starting' && <LoadingPage />}
      {session.kind === 'signed-out' && <StaffSignIn hasExpired={session.hasExpired} />}
      {session.kind === 'signed-in' && <Frame email={session.user.email} />}
    </Router>
  )
}

function Frame({ email }: { readonly email: string }) {
  const { session } = useApp()
  useScrollToTop()
  return (
    <div className="office">
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <header className="office-header">
        <Link href="/" className="site-home" aria-label="Back office: home">
          <Wordmark name="Back office" />
        </Link>
        <nav className="office-nav" aria-label="Areas">
          {areas.map(({ path, label }) => (
            <Link key={path} href={path} className={(isActive) => (isActive ? 'is-active' : '')}>
              {label}
            </Link>
          ))}
        </nav>
        <div className="office-user">
          <span className="soft small">{email}</span>
          <Button look="quiet" onClick={() => void session.signOut()}>
            Sign out
          </Button>
        </div>
      </header>
      <Suspense fallback={<LoadingPage />}>
        <Switch>
          <Route path="/">
            <Redirect to={areas[0]!.path} replace />
          </Route>
          {areas.map(({ path, Area }) => (
            <Route key={path} path={path} nest>
              <Area />
            </Route>
          ))}
          <Route>
            <Page title="This page does not exist" site="Back office">
              <p className="soft">The address may be misspelled.</p>
            </Page>
          </Route>
        </Switch>
      </Suspense>
    </div>
  )
}

const LoadingPage = () => (
  <main className="container page">
    <Loading label="Loading the page" />
  </main>
)
