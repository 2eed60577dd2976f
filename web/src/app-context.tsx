import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createContext, StrictMode, use, useSyncExternalStore, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { createApi, type Api } from './api/client.ts'
import { ApiFailure } from './api/failure.ts'
import { forgetDrafts } from './browser-storage.ts'
import { configSource, type Config } from './config.ts'
import { Session, type SessionState } from './session/session.ts'
import { UserPool } from './session/user-pool.ts'

interface App {
  readonly config: () => Promise<Config>
  readonly pool: UserPool
  readonly session: Session
  readonly api: Api
}

const AppContext = createContext<App | undefined>(undefined)

/** What the pages share: the API, the session and the user pool. */
export function useApp(): App {
  const app = use(AppContext)
  if (!app) throw new Error('useApp is used outside of the app.')
  return app
}

export const useApi = (): Api => useApp().api

export function useSession(): SessionState {
  const { session } = useApp()
  return useSyncExternalStore(session.subscribe, () => session.state)
}

/**
 * Shows the app in the page's root. It waits for nothing: the configuration is loaded when a user signs in or has a session.
 * @param options.storage where the refresh token is kept
 */
export function startApp(content: ReactNode, options: { storage: Storage; sessionKey: string }): void {
  const config = configSource()
  const pool = new UserPool(config)
  const session = new Session(pool, options.storage, options.sessionKey)
  const app: App = { config, pool, session, api: createApi(session) }
  createRoot(document.getElementById('root')!).render(
    <StrictMode>
      <AppContext value={app}>
        <QueryClientProvider client={createQueryClient(session)}>{content}</QueryClientProvider>
      </AppContext>
    </StrictMode>,
  )
}

/** Reads are repeated when they fail for a while. Changes are not: each form offers its own retry, with the same key. */
function createQueryClient(session: Session): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof ApiFailure && error.code === 'account-deleted') session.forget()
  }
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // Requests fail at once without a connection, so that pages can say so.
        networkMode: 'always',
        // With this network mode the default is false.
        refetchOnReconnect: true,
        // The first request after a reconnection often fails too: the browser's network has just changed. After a timeout
        // the page offers the retry, instead of two more waits of the same length.
        retry: (failures, error) =>
          error instanceof ApiFailure &&
          error.isTemporary &&
          error.code !== 'timeout' &&
          (error.status !== 0 || navigator.onLine) &&
          failures < 2,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
  // No customer sees another one's data, also of a response that arrived after the other one had signed out. The data of an
  // expired session stays, since the customer signs in again.
  let shownTo: string | undefined
  session.subscribe(() => {
    const { state } = session
    const user = state.kind === 'signed-in' ? state.user.userId : undefined
    if (state.kind === 'signed-out' && state.hasExpired) return
    if (shownTo !== undefined && user !== shownTo) {
      client.clear()
      forgetDrafts(shownTo)
    }
    shownTo = user ?? shownTo
  })
  return client
}
