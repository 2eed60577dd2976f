import { Activity, Suspense, useEffect, useRef, useState } from 'react'
import { Link, Redirect, Route, Router, Switch, useLocation } from 'wouter'
import { useApp, useSession } from '../app-context.tsx'
import { Button } from '../ui/button.tsx'
import { ErrorBoundary } from '../ui/error-boundary.tsx'
import { useScrollToTop } from '../ui/navigation.ts'
import { OfflineBanner } from '../ui/offline-banner.tsx'
import { Page } from '../ui/page.tsx'
import { Loading } from '../ui/states.tsx'
import { Wordmark } from '../ui/wordmark.tsx'
import { AreaIcon } from './area-icon.tsx'
import { areas } from './areas.tsx'
import { NoAccess } from './no-access.tsx'
import { StaffSignIn } from './staff-sign-in.tsx'
import './sidebar.css'

/** The group of the user pool whose members the API lets in. */
const staffGroup = 'staff'

export function BackOffice() {
  const session = useSession()
  const user = session.kind === 'signed-in' ? session.user : undefined
  const [shownTo, setShownTo] = useState(user)
  const hasSignedOut = session.kind === 'signed-out' && !session.hasExpired
  // An expired session hides the page and keeps what was typed into it, for the same user only.
  if (user && user !== shownTo) setShownTo(user)
  if (hasSignedOut && shownTo) setShownTo(undefined)
  return (
    <Router base="/admin">
      <OfflineBanner />
      {session.kind === 'starting' && <LoadingPage />}
      {session.kind === 'signed-out' && <StaffSignIn hasExpired={session.hasExpired} email={shownTo?.email} />}
      {shownTo && (
        <Activity key={shownTo.userId} mode={user ? 'visible' : 'hidden'}>
          {shownTo.groups.includes(staffGroup) ? <Frame email={shownTo.email} /> : <NoAccess email={shownTo.email} />}
        </Activity>
      )}
    </Router>
  )
}

function Frame({ email }: { readonly email: string }) {
  const [here] = useLocation()
  useScrollToTop()
  return (
    <div className="office">
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <Sidebar email={email} />
      <div className="office-content">
        <ErrorBoundary key={here.split('/')[1]}>
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
                  <p className="soft">The address may be misspelled. The areas of the back office are in the menu.</p>
                </Page>
              </Route>
            </Switch>
          </Suspense>
        </ErrorBoundary>
      </div>
    </div>
  )
}

/** Beside the content on wide screens; above it on others, where a button opens the areas. */
function Sidebar({ email }: { readonly email: string }) {
  const { session } = useApp()
  const [path] = useLocation()
  const [isOpen, setIsOpen] = useState(false)
  const header = useRef<HTMLElement>(null)
  useEffect(() => setIsOpen(false), [path])
  /** The button gets the focus, since the areas are hidden. On wide screens it is the button that is hidden. */
  const close = () => {
    setIsOpen(false)
    header.current?.querySelector('button')?.focus()
  }
  return (
    <header
      ref={header}
      className={`sidebar ${isOpen ? 'is-open' : ''}`}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && isOpen) close()
      }}
    >
      <div className="sidebar-top">
        <Link href="/" className="sidebar-home" aria-label="Back office: home">
          <Wordmark name="Back office" />
        </Link>
        <Button
          className="sidebar-toggle"
          aria-expanded={isOpen}
          aria-controls="areas"
          onClick={() => setIsOpen(!isOpen)}
        >
          Menu
        </Button>
      </div>
      <div id="areas" className="sidebar-body">
        <nav className="sidebar-nav" aria-label="Areas">
          {areas.map((area) => {
            const isActive = path === area.path || path.startsWith(`${area.path}/`)
            return (
              <Link
                key={area.path}
                href={area.path}
                aria-current={isActive ? 'page' : undefined}
                // Also when it leads to the page that is shown.
                onClick={close}
              >
                <AreaIcon path={area.path} />
                {area.label}
              </Link>
            )
          })}
        </nav>
        <div className="sidebar-user">
          <span className="soft small sidebar-email">{email}</span>
          <Button look="quiet" onClick={() => void session.signOut()}>
            Sign out
          </Button>
        </div>
      </div>
    </header>
  )
}

const LoadingPage = () => (
  <main className="container page">
    <Loading label="Loading the page" />
  </main>
)
