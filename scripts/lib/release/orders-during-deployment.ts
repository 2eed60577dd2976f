import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Stage } from '#infra/stages.ts'
import { makeDataFolder } from '../data-version.ts'
import { dataDirectory } from '../deployment.ts'
import type { Outputs } from '../preflight/preflight.ts'

const root = join(import.meta.dirname, '../../..')

/** Synthetic orders that are placed while a deployment runs. */
export interface BackgroundOrders {
  /** Stops placing orders and waits for the open ones. */
  stop(): Promise<OrderReport>
}

interface OrderReport {
  /** Whether calls succeeded and all orders were rejected. */
  readonly ok: boolean
  /** The last lines of the command's output. */
  readonly summary: string
}

/** The maximum duration that the command accepts: a longer deployment continues without orders. */
const maxMinutes = 30
const summaryLines = 12

/**
 * Starts to place synthetic orders if the stage shifts traffic gradually and a previous deployment can accept them.
 * Their output is written to a file, since the CDK CLI uses the terminal.
 */
export function startOrders(
  { name, release }: Pick<Stage, 'name' | 'release'>,
  deployed: Outputs | undefined,
): BackgroundOrders | undefined {
  if (release.shift === 'all-at-once' || !deployed) return undefined
  const directory = dataDirectory()
  makeDataFolder(directory)
  const outputsFile = join(directory, `outputs-${name}-before.json`)
  writeFileSync(outputsFile, JSON.stringify(deployed, undefined, 2))
  const logFile = join(directory, `synthetic-orders-${name}.log`)
  console.error(`Placing synthetic orders during the deployment: ${logFile}`)
  const command = join(root, 'scripts/commands/synthetic-orders.ts')
  return runInBackground([command, '--outputs', outputsFile, '--minutes', String(maxMinutes)], logFile)
}

/**
 * Runs the command that places the orders.
 * @param args arguments of Node
 */
export function runInBackground(args: readonly string[], logFile: string): BackgroundOrders {
  writeFileSync(logFile, '')
  const child = execa(process.execPath, args, {
    stdin: 'ignore',
    stdout: { file: logFile, append: true },
    stderr: { file: logFile, append: true },
    reject: false,
  })
  return {
    async stop() {
      const wasRunning = child.kill('SIGINT')
      const { exitCode, signal, originalMessage } = await child
      if (exitCode === undefined && signal === undefined)
        return { ok: false, summary: `No synthetic orders: ${originalMessage}` }
      const summary = readFileSync(logFile, 'utf8').trim().split('\n').slice(-summaryLines).join('\n')
      if (signal === undefined) return { ok: exitCode === 0, summary }
      // Ended by this signal: the deployment was complete before the first order.
      if (wasRunning && signal === 'SIGINT') return { ok: true, summary }
      return {
        ok: false,
        summary: `${summary}\nThe synthetic orders were ended by ${signal}, so nothing is known.`.trim(),
      }
    },
  }
}

/** Runs a deployment and stops the orders afterward, even if the deployment throws. */
export async function withOrders<Result>(
  orders: BackgroundOrders | undefined,
  deployment: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly report: OrderReport | undefined }> {
  let report: OrderReport | undefined
  let result: Result
  try {
    result = await deployment()
  } finally {
    report = await orders?.stop()
  }
  return { result, report }
}
