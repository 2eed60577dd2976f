import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { startBrowserSession, type BrowserUser } from '#scripts/lib/browser-session.ts'
import { launchBrowser } from '#scripts/lib/browser.ts'
import { signIn } from '#scripts/lib/sign-in.ts'
import { deploymentUnderTest } from '#test/support/deployment-under-test.ts'
import { shopOf } from '#test/support/shop.ts'

/** The system under test, set by scripts/commands/test-browser.ts. */
export const deployment = deploymentUnderTest()
export const shop = shopOf(deployment)

const webUrl = deployment.webUrl ?? 'WebUrl is missing in the outputs'

/** Of all users of this suite; it meets the rules of the user pool. */
export const password = 'Browser-Test-2026'

/** Long enough for a busy machine: only what never happens reaches it. */
const patienceMs = 60_000

/** One person with a browser of their own: cookies, storage and cache are shared with no other. */
export interface Visitor {
  readonly page: Page
  readonly context: BrowserContext
  /** Opens a page of the site by its path. */
  goto(path: string): Promise<void>
  /** Requests that fail as the test intends, by status or by the browser's name of the error. */
  expectFailures(...failures: readonly (number | 'offline')[]): void
}

interface VisitorOptions extends BrowserContextOptions {
  /** Signed in from the beginning: a customer in the storefront, or staff in the back office. */
  readonly as?: Omit<BrowserUser, 'password'>
}

let browser: Browser
const contexts: BrowserContext[] = []
let problems: string[] = []

/** In each test file: one browser, and after each test no error may be left. */
export function useBrowser(): void {
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterEach(async () => {
    for (const context of contexts.splice(0)) await context.close()
    const found = problems
    problems = []
    // Errors in the console, exceptions, violations of the content security policy, and failed requests.
    expect(found).toEqual([])
  })
  afterAll(() => browser.close())
}

export async function newVisitor({ as, ...options }: VisitorOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ baseURL: webUrl, viewport: { width: 1280, height: 900 }, ...options })
  contexts.push(context)
  context.setDefaultTimeout(patienceMs)
  await context.addInitScript(`document.addEventListener('securitypolicyviolation', (event) =>
    console.error('Content security policy:', event.violatedDirective, 'blocks', event.blockedURI))`)
  if (as) await startBrowserSession(context, deployment, { ...as, password })
  const page = await context.newPage()
  const expected = new Set<number | 'offline'>()
  watch(page, expected)
  return {
    page,
    context,
    goto: async (path) => {
      await page.goto(path)
    },
    expectFailures: (...failures) => failures.forEach((failure) => expected.add(failure)),
  }
}

function watch(page: Page, expected: ReadonlySet<number | 'offline'>): void {
  const report = (problem: string) => problems.push(`${new URL(page.url()).pathname}: ${problem}`)
  page.on('pageerror', (error) => report(error.message))
  page.on('console', (message) => {
    // The responses are judged below, where their status is known.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) report(message.text())
  })
  page.on('response', (response) => {
    const status = response.status()
    if (status >= 400 && !expected.has(status)) report(`${status} ${response.request().method()} ${response.url()}`)
  })
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? ''
    // A page that is left cancels its requests.
    if (reason === 'net::ERR_ABORTED' || expected.has('offline')) return
    report(`${reason} ${request.method()} ${request.url()}`)
  })
}

/** @returns an access token of a user, who is created first */
export const tokenOf = (email: string): Promise<string> => signIn(deployment, { email, password })
