/** What differs between deployments; the build is the same for all. Written at deployment to `/config.json`. */
export interface Config {
  readonly stage: string
  readonly region: string
  readonly userPoolId: string
  readonly userPoolClientId: string
  /** The origin of the user pool's API, without a trailing slash. */
  readonly cognitoUrl: string
}

/** Of every request: long enough for a cold start behind a slow network. */
export const responseTimeoutMs = 20_000

const names = ['stage', 'region', 'userPoolId', 'userPoolClientId', 'cognitoUrl'] as const satisfies (keyof Config)[]

/** @returns a function that loads the file at its first call, and again after a failure */
export function configSource(): () => Promise<Config> {
  let loading: Promise<Config> | undefined
  return () =>
    (loading ??= loadConfig().catch((error: unknown) => {
      loading = undefined
      throw error
    }))
}

/** @throws Error when the file is missing or incomplete */
async function loadConfig(): Promise<Config> {
  const response = await fetch('/config.json', { cache: 'no-cache', signal: AbortSignal.timeout(responseTimeoutMs) })
  if (!response.ok) throw new Error(`/config.json responded with ${response.status}.`)
  const config = (await response.json()) as Partial<Config>
  const missing = names.filter((name) => typeof config[name] !== 'string')
  if (missing.length > 0) throw new Error(`/config.json has no ${missing.join(', ')}.`)
  return config as Config
}
