import { existsSync } from 'node:fs'
import { findBrowser, howToInstall } from '#scripts/lib/browser.ts'

// The precondition of the suite: it is skipped where there is no browser, or nothing to open with it.
const missing = [
  ...(findBrowser() === undefined ? [howToInstall] : []),
  ...(existsSync('infra/edge-stack.ts') ? [] : ['The app has no distribution that serves web/.']),
]
if (missing.length > 0) {
  console.log(missing.join(' '))
  process.exitCode = 1
}
