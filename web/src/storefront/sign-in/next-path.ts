/** Where a user goes after signing in, by default. */
const fallback = '/account'

/**
 * Where to go after signing in. Only pages of this shop: an address of another site would make the sign-in page an open
 * redirect.
 * @param next the parameter of the address, which any site can set
 */
export function nextPath(next: string | null): string {
  if (!next?.startsWith('/')) return fallback
  // Browsers read `//host`, `/\host` and a tab between the slashes as another host.
  const origin = 'https://shop.invalid'
  if (!URL.canParse(next, origin)) return fallback
  const { origin: target, pathname, search, hash } = new URL(next, origin)
  const isSignIn = /^\/(sign-in|sign-up|forgot-password)\/?$/.test(pathname)
  return target === origin && !pathname.startsWith('//') && !isSignIn ? `${pathname}${search}${hash}` : fallback
}

/** The address of a page for signing in, which leads back to the path. */
export const withNext = (page: '/sign-in' | '/sign-up' | '/forgot-password', next: string): string =>
  next === fallback ? page : `${page}?next=${encodeURIComponent(next)}`
