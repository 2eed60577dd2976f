import { findBrowser, missingBrowser } from '#scripts/lib/browser.ts'

// The precondition of the suite: it is skipped where no browser is installed.
if (findBrowser() === undefined) {
  console.log(missingBrowser())
  process.exitCode = 1
}
