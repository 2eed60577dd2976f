import { setTimeout as pause } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import { callApi } from '#scripts/lib/api-client.ts'
import { launchBrowser } from '#scripts/lib/browser.ts'
import type { Deployment } from '#scripts/lib/deployment.ts'
import { quantile } from '#scripts/lib/quantile.ts'
import type { Measurement } from './table.ts'

const rounds = 5

/** The slowdown of the processor, to simulate a customer's machine. */
const slowdown = 4

/** Until nothing moves any more: images that load late could still shift the page. */
const settleMs = 1000

interface Paint {
  readonly largestMs: number
  /** The sum of all layout shifts without a cause by the user (web.dev/cls). */
  readonly shift: number
}

/** How soon customers see the pages on which they decide, each time with an empty cache and a slow processor. */
export async function pageSpeed(deployment: Deployment): Promise<Measurement[]> {
  const { body } = await callApi(deployment, 'GET', '/products?limit=1')
  const pages = [
    ['product list', '/products'],
    ['product page', `/products/${body.items[0]!.productId}`],
  ] as const
  const browser = await launchBrowser()
  try {
    const measurements: Measurement[] = []
    for (const [name, path] of pages) {
      const paints: Paint[] = []
      // The first visit also starts the functions.
      for (let round = -1; round < rounds; round += 1) {
        const paint = await visit(browser, `${deployment.webUrl}${path}`)
        if (round >= 0) paints.push(paint)
      }
      const median = (value: (paint: Paint) => number) => quantile(paints.map(value), 0.5)
      measurements.push(
        {
          name: `${name}, largest contentful paint, processor ${slowdown}× slower, median (goal: 1.0)`,
          value: median(({ largestMs }) => largestMs) / 1000,
          unit: 's',
        },
        { name: `${name}, layout shift, median (goal: 0.02)`, value: median(({ shift }) => shift), unit: '' },
      )
    }
    return measurements
  } finally {
    await browser.close()
  }
}

async function visit(browser: Browser, url: string): Promise<Paint> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  try {
    const page = await context.newPage()
    const developerTools = await context.newCDPSession(page)
    await developerTools.send('Emulation.setCPUThrottlingRate', { rate: slowdown })
    await page.addInitScript(`globalThis.paint = { largestMs: 0, shift: 0 }
      const observe = (type, add) =>
        new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type, buffered: true })
      observe('largest-contentful-paint', ({ startTime }) => (paint.largestMs = startTime))
      observe('layout-shift', ({ value, hadRecentInput }) => (paint.shift += hadRecentInput ? 0 : value))`)
    await page.goto(url, { waitUntil: 'networkidle' })
    await pause(settleMs)
    return await page.evaluate<Paint>('paint')
  } finally {
    await context.close()
  }
}
