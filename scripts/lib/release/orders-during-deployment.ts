import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Stage } from '#infra/stages.ts'
import { makeDataFolder } from '../data-version.ts'
import { dataDirectory, parseDeployment } from '../deployment.ts'
import type { Outputs } from '../preflight/preflight.ts'
import { ordersPerMinute, placeSyntheticOrders, type Output } from '../synthetic-orders/place-orders.ts'

/** Synthetic orders that are placed while a deployment runs. */
interface BackgroundOrders {
  /** Stops placing orders and waits for the open ones. */
  stop(): Promise<OrderReport>
}

export interface OrderReport {
  /** Whether calls succeeded and all orders were rejected. */
  readonly ok: boolean
  /** The last lines of what was printed. */
  readonly summary: string
}

/** A longer deployment continues without orders. */
const maxMinutes = 30
const summaryLines = 12

/** Starts to place synthetic orders if the stage shifts traffic gradually and a previous deployment can accept them. */
export function startOrders(
  { name, release }: Pick<Stage, 'name' | 'release'>,
  deployed: Outputs | undefined,
): BackgroundOrders | undefined {
  if (release.shift === 'all-at-once' || !deployed) return undefined
  const directory = dataDirectory()
  makeDataFolder(directory)
  const logFile = join(directory, `synthetic-orders-${name}.log`)
  console.error(`Placing synthetic orders during the deployment: ${logFile}`)
  return inBackground(logFile, async (output, stopped) => {
    const deployment = parseDeployment(deployed, `the deployment of ${name}`)
    return placeSyntheticOrders(deployment, { minutes: maxMinutes, perMinute: ordersPerMinute }, stopped, output)
  })
}

/** Runs `place` with an output into a file, since the CDK CLI uses the terminal. An error of it is a failed report. */
export function inBackground(
  logFile: string,
  place: (output: Output, stopped: Promise<void>) => Promise<boolean>,
): BackgroundOrders {
  writeFileSync(logFile, '')
  const write = (line: string) => appendFileSync(logFile, `${line}\n`)
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
  const passed = place({ log: write, error: write }, stopped).catch((error: Error) => {
    write(`The synthetic orders failed: ${error.message}`)
    return false
  })
  return {
    async stop() {
      stop()
      const ok = await passed
      return { ok, summary: readFileSync(logFile, 'utf8').trim().split('\n').slice(-summaryLines).join('\n') }
    },
  }
}
