import type { LocalLine } from './line.ts'
import { formatLine } from './format-line.ts'
import { watchParent } from './parent-watch.ts'
import { StartError, type StartFailure } from './start-error.ts'
import { startLocalSystem, type LocalSystem, type LocalSystemOptions } from '../system.ts'

/** Prints what happens: readable lines, with colours on a terminal only, or JSON. */
function linePrinter(options: { json: boolean }): (line: LocalLine) => void {
  if (options.json) return (line) => console.log(JSON.stringify(line))
  const colour = process.stdout.isTTY && !process.env['NO_COLOR']
  return (line) => {
    const text = formatLine(line, { colour })
    if (text !== undefined) console.log(text)
  }
}

/**
 * Runs a local system for the person at the terminal until Ctrl-C, SIGTERM, or the end of the parent process,
 * and then ends this process: with code 0, or 1 after one line about what kept the system from starting.
 * @param advice what the caller can add to that line about how its own users mend it
 */
export async function runInTerminal(
  options: Omit<LocalSystemOptions, 'onLine' | 'onFatal'> & { json: boolean },
  onReady: (system: LocalSystem) => void | Promise<void>,
  advice: (failure: StartFailure) => string | undefined = () => undefined,
): Promise<void> {
  const asked = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal(asked.resolve))
  watchParent(asked.resolve)
  try {
    await using running = new AsyncDisposableStack()
    const system = await startLocalSystem({
      ...options,
      onLine: linePrinter(options),
      onFatal: endAtOnce,
      dynamodbEndpoint: process.env['AWS_ENDPOINT_URL_DYNAMODB'],
    })
    running.defer(() => system.stop())
    await onReady(system)
    await asked.promise
    await running.disposeAsync()
    if (!options.json) console.log(`Stopped. What there is stays in ${options.dataDirectory}.`)
    process.exit(0)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    console.error([error.message, advice(error.reason)].filter((part) => part !== undefined).join(' '))
    process.exit(1)
  }
}

/** Nothing more can be kept, so nothing more may be acknowledged, a graceful stop included. */
function endAtOnce(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}

/** Somebody who presses Ctrl-C again does not want to wait; npm's forwarded copy of the first one follows at once. */
const impatientAfterMs = 1000

function onSignal(stop: () => void): () => void {
  let firstMs: number | undefined
  return () => {
    if (firstMs !== undefined && performance.now() - firstMs > impatientAfterMs) process.exit(1)
    firstMs ??= performance.now()
    stop()
  }
}
