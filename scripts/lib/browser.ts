import { existsSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { CommandError } from './errors.ts'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'chrome.exe']

/** Where the installers of macOS and Windows put it, which is not on the path. */
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
    const folder = process.env[name]
    return folder ? [join(folder, 'Google/Chrome/Application/chrome.exe')] : []
  }),
]

const howToInstall =
  'No Chromium or Chrome was found. Install one (Debian and Ubuntu: apt-get install chromium), or set CHROMIUM_PATH to its program.'

/** Why `findBrowser` found none, and what to do. */
export function missingBrowser({ CHROMIUM_PATH }: NodeJS.ProcessEnv = process.env): string {
  return CHROMIUM_PATH
    ? `CHROMIUM_PATH names ${CHROMIUM_PATH}, which is not a file: set it to the program of a Chromium or Chrome, or unset it.`
    : howToInstall
}

/** @returns the program of an installed Chromium or Chrome */
export function findBrowser(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const chosen = environment['CHROMIUM_PATH']
  if (chosen) return statSync(chosen, { throwIfNoEntry: false })?.isFile() ? chosen : undefined
  const folders = (environment['PATH'] ?? '').split(delimiter).filter(Boolean)
  return [...names.flatMap((name) => folders.map((folder) => join(folder, name))), ...places].find((file) =>
    existsSync(file),
  )
}

/** @throws CommandError when no browser is installed */
export function requireBrowser(): string {
  const program = findBrowser()
  if (!program) throw new CommandError(missingBrowser())
  return program
}

/**
 * The pages of Chromium's address bar, which every window starts with more processor time than a page of the shop takes, and
 * what Playwright disables: of several `--disable-features`, Chromium obeys the last one.
 */
const disabledFeatures = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'TcpPortRandomizationWin',
  'ThirdPartyStoragePartitioning',
  'msEdgeUpdateLaunchServicesPreferredVersion',
  'msForceBrowserSignIn',
]

/** @throws CommandError when no browser is installed */
export const launchBrowser = async (): Promise<Browser> =>
  chromium.launch({ executablePath: requireBrowser(), args: [`--disable-features=${disabledFeatures.join()}`] })
