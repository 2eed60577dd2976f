import { Suspense } from 'react'
import { useLocation } from 'wouter'
import { ErrorBoundary } from '../ui/error-boundary.tsx'
import { Loading } from '../ui/states.tsx'
import { useScrollToTop } from '../ui/navigation.ts'
import { OfflineBanner } from '../ui/offline-banner.tsx'
import { UnseenFailure } from './cart/unseen-failure.tsx'
import { useCartSync } from './cart/use-cart.ts'
import { Footer } from './footer.tsx'
import { Header } from './header.tsx'
import { Routes } from './routes.tsx'

export function Storefront() {
  const [path] = useLocation()
  useScrollToTop()
  useCartSync()
  return (
    <>
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <OfflineBanner />
      <Header />
      <UnseenFailure />
      <ErrorBoundary key={path}>
        <Suspense fallback={<LoadingPage />}>
          <Routes />
        </Suspense>
      </ErrorBoundary>
      <Footer />
    </>
  )
}

const LoadingPage = () => (
  <main className="container page">
    <Loading label="Loading the page" />
  </main>
)
