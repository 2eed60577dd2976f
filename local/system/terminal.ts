import { existsSync } from 'node:fs'
import { isPartOf } from './line-filter.ts'
import { LinePrinter, type PrinterOptions } from './line-printer.ts'
import { onOutputClosed, watchParent } from './parent-watch.ts'
import { StartError } from './start-error.ts'
import { startLocalSystem, type LocalSystem, type LocalSystemOptions } from '../system.ts'

interface TerminalOptions extends Omit<LocalSystemOptions, 'onLine' | 'onFatal'>, PrinterOptions {}

/** Starts the system again from another assembly, at the same ports and with the same data. */
export type Restart = (assembly: string) => Promise<LocalSystem>

/**
 * Runs a local system in the terminal until Ctrl-C, SIGTERM, SIGHUP, the end of the parent process or of the reader of
 * the output, then exits this process: with code 0, or with code 1 after one line about why the system could not start.
 * @param advice text that the caller adds to that line about how its users can fix the failure
 */
export async function runInTerminal(
  options: TerminalOptions,
  onReady: (system: LocalSystem, restart: Restart) => void | Promise<void>,
  advice: (error: StartError) => string | undefined = () => undefined,
): Promise<void> {
  const stopRequested = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal(stopRequested.resolve))
  watchParent(stopRequested.resolve)
  onOutputClosed(stopRequested.resolve)
  const printer = new LinePrinter(options)
  try {
    await using running = new AsyncDisposableStack()
    const start = (changed: Partial<LocalSystemOptions> = {}) =>
      startLocalSystem({
        ...options,
        onLine: (line) => printer.print(line),
        onFatal: exitAtOnce,
        ...changed,
      })
    let system = await start()
    running.defer(() => system.stop())
    const { functionNames } = system.services.lambda
    for (const part of options.filter?.services ?? []) {
      if (functionNames.some((name) => isPartOf(part, name))) continue
      console.error(`No function has ${part} in its name: --service ${part} prints only lines of other resources.`)
    }
    await onReady(system, async (assembly) => {
      const ports = {
        apiPort: portOf(system.apiEndpoint),
        awsPort: portOf(system.endpoint),
        ...(system.webUrl !== undefined && { webPort: portOf(system.webUrl) }),
      }
      await system.stop()
      system = await start({ assembly, ...ports, reset: false })
      return system
    })
    printer.readCommands()
    await stopRequested.promise
    await running.disposeAsync()
    const state = existsSync(options.dataDirectory)
      ? `All state is stored in ${options.dataDirectory}`
      : `${options.dataDirectory} was deleted while it ran`
    if (!options.json) console.log(`Stopped. ${state}.`)
    process.exit(0)
  } catch (error) {
    if (!(error instanceof StartError)) throw error
    console.error([error.message, advice(error)].filter((part) => part !== undefined).join(' '))
    process.exit(1)
  }
}

const portOf = (url: string) => Number(new URL(url).port)

/** No further write can be stored, so none may be acknowledged: there is no graceful shutdown. */
function exitAtOnce(message: string): never {
  console.error(message)
  process.exit(1)
}

/** A second Ctrl-C exits without waiting; npm forwards a copy of the first one within this time. */
const secondSignalAfterMs = 1000

function onSignal(stop: () => void): () => void {
  let firstMs: number | undefined
  return () => {
    if (firstMs !== undefined && performance.now() - firstMs > secondSignalAfterMs) process.exit(1)
    firstMs ??= performance.now()
    stop()
  }
}
