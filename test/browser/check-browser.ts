import { findBrowser, howToInstall } from '#scripts/lib/browser.ts'

// The precondition of the suite: it is skipped where no browser is installed.
if (findBrowser() === undefined) {
  console.log(howToInstall)
  process.exitCode = 1
}
