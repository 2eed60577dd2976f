import { parseArgs, type ParseArgsConfig } from 'node:util'
import { awsRefusal } from './aws-errors.ts'
import { UsageError } from './deployment.ts'

type Options = NonNullable<ParseArgsConfig['options']>

/**
 * Parses the flags of a script: `--help` prints the help text and ends, anything unknown is one clear line.
 * @throws UsageError
 */
export function parseFlags<const O extends Options>(options: O, help: string, args = process.argv.slice(2)) {
  if (asksForHelp(args)) {
    console.log(help.trim())
    process.exit(0)
  }
  return parseArguments(options, args, { allowPositionals: false }).values
}

export const asksForHelp = (args: readonly string[]): boolean => args.includes('--help') || args.includes('-h')

/**
 * As {@link parseFlags}, for a script that also takes words without a dash.
 * @throws UsageError
 */
export function parseArguments<const O extends Options>(
  options: O,
  args: string[],
  { allowPositionals = true }: { allowPositionals?: boolean } = {},
) {
  try {
    return parseArgs({ options, args, allowPositionals })
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('\n')[0]} (--help lists the flags)`)
  }
}

/** Runs a script: a mistake of the caller, or a no of AWS, ends it with one line and exit code 1, a bug with its stack trace. */
export async function runScript(main: () => Promise<number | void>): Promise<void> {
  try {
    process.exitCode = (await main()) ?? 0
  } catch (error) {
    const mistake = mistakeOf(error)
    if (mistake) console.error(mistake.message)
    else if (isConnectionRefused(error))
      console.error('The system does not answer. Is it running? Start it with npm start.')
    else console.error(error)
    process.exitCode = 1
  }
}

/** As {@link runScript}, for a command whose exit code 1 says something else: a mistake of the caller ends it with 2. */
export const runCheck = (check: () => Promise<number>): Promise<void> =>
  runScript(async () => {
    try {
      return await check()
    } catch (error) {
      const mistake = mistakeOf(error)
      if (!mistake) throw error
      console.error(mistake.message)
      return 2
    }
  })

/** What a person at the terminal can mend, as against a bug. */
const mistakeOf = (error: unknown): UsageError | undefined => (error instanceof UsageError ? error : awsRefusal(error))

function isConnectionRefused(error: unknown): boolean {
  const codes = [error, (error as Error)?.cause].map((candidate) => (candidate as { code?: string } | undefined)?.code)
  return codes.includes('ECONNREFUSED')
}
