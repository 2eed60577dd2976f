import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Stage } from '#infra/stages.ts'
import { dataDirectory } from '../deployment.ts'
import type { Outputs } from '../preflight/examine.ts'

const root = join(import.meta.dirname, '../../..')

/** Synthetic orders while a deployment goes on. */
export interface OrdersBeside {
  /** Ends them. @returns whether calls were answered and orders ended as they should, and their last lines */
  stop(): Promise<Meanwhile>
}

export interface Meanwhile {
  readonly well: boolean
  readonly summary: string
}

/** As long as the command allows: a deployment that takes longer goes on without them. */
const mostMinutes = 30

/**
 * Begins to place synthetic orders where new versions get their callers step by step, and a deployment stands that can
 * take them. What they print goes into a file, since the terminal is the CDK command line's.
 */
export function ordersBeside(
  { name, release }: Pick<Stage, 'name' | 'release'>,
  standing: Outputs | undefined,
): OrdersBeside | undefined {
  if (release.shift === 'all-at-once' || !standing) return undefined
  const directory = dataDirectory()
  mkdirSync(directory, { recursive: true })
  const outputsFile = join(directory, `outputs-${name}-before.json`)
  writeFileSync(outputsFile, JSON.stringify(standing, undefined, 2))
  const logFile = join(directory, `synthetic-orders-${name}.log`)
  const log = openSync(logFile, 'w')
  console.error(`Placing synthetic orders meanwhile: ${logFile}`)
  const child = spawn(
    process.execPath,
    [join(root, 'scripts/commands/synthetic-orders.ts'), '--outputs', outputsFile, '--minutes', String(mostMinutes)],
    { stdio: ['ignore', log, log] },
  )
  closeSync(log)
  // Never rejected: nobody listens before the deployment is over.
  const ended = new Promise<number | null | Error>((resolve) => child.once('error', resolve).once('exit', resolve))
  return {
    async stop() {
      child.kill('SIGINT')
      const code = await ended
      if (code instanceof Error) return { well: false, summary: `No synthetic orders: ${code.message}` }
      const summary = readFileSync(logFile, 'utf8').trim().split('\n').slice(-summaryLines).join('\n')
      // Ended by the signal itself: the deployment was over before the first order.
      return { well: code === 0 || code === null, summary }
    },
  }
}

const summaryLines = 12

/** Runs a deployment; whatever becomes of it, the orders beside it end. */
export async function during<Result>(
  orders: OrdersBeside | undefined,
  deployment: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly meanwhile: Meanwhile | undefined }> {
  let meanwhile: Meanwhile | undefined
  let result: Result
  try {
    result = await deployment()
  } finally {
    meanwhile = await orders?.stop()
  }
  return { result, meanwhile }
}
