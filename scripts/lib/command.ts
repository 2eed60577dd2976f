import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { awsFailure } from './aws-errors.ts'
import { CommandError, UsageError } from './errors.ts'

/**
 * A command that an npm script runs. Its action sets `process.exitCode` when it is not 0.
 * @param call what the user types before the arguments: `npm run token --`
 */
export const newCommand = (call: string, description: string): Command =>
  new Command(call)
    .description(paragraphs(description))
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError(false)
    .exitOverride()
    // The message is printed by runCommand.
    .configureOutput({ outputError: () => {} })

/** Joins the lines of each paragraph, since the help wraps them to the width of the terminal. */
export const paragraphs = (text: string): string => text.trim().replaceAll(/(?<!\n)\n(?!\n)/g, ' ')

/** Runs a command: wrong arguments exit with one line and code 2, an expected failure with its message and code 1. */
export async function runCommand(command: Command, args: readonly string[] = process.argv.slice(2)): Promise<void> {
  try {
    await command.parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = reportError(error)
  }
}

/** @returns the exit code */
function reportError(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    // Commander has already printed the help for a missing subcommand.
    if (error.code !== 'commander.help') console.error(sentenceOf(error))
    return 2
  }
  const explained = error instanceof UsageError || error instanceof CommandError ? error : awsFailure(error)
  if (explained) console.error(explained.message)
  else if (isConnectionRefused(error))
    console.error('The system does not respond. Is it running? Start it with npm start.')
  else console.error(error)
  return explained instanceof UsageError ? 2 : 1
}

/** `error: unknown option '--color'` → `Unknown option '--color' (--help lists the options).` */
function sentenceOf({ message }: CommanderError): string {
  const text = message.replace(/^error: /, '').replace(/\.$/, '')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)} (--help lists the options).`
}

function isConnectionRefused(error: unknown): boolean {
  const codes = [error, (error as Error)?.cause].map((candidate) => (candidate as { code?: string } | undefined)?.code)
  return codes.includes('ECONNREFUSED')
}

/** The deployment that a command uses; without a value, the running local system. */
export const outputsOption = (): Option =>
  new Option(
    '--outputs <file>',
    'outputs of the deployment, as cdk deploy --outputs-file writes them (default: those of the running local system)',
  )

/** Parses an option's value to a number within bounds, in decimal digits: `Number` also accepts `0x10`, `1e1` and ` 5`. */
export const number =
  ({ least, most, whole = false }: { least: number; most?: number; whole?: boolean }) =>
  (text: string): number => {
    const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= (most ?? value) && (!whole || Number.isInteger(value))) return value
    const bounds = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`
    throw new InvalidArgumentError(`It must be a ${whole ? 'whole ' : ''}number ${bounds}`)
  }

/** Parses a time with a time zone, such as `2026-11-21T13:00:00Z`. */
export function time(text: string): Date {
  const shape = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/
  const parsed = new Date(text)
  if (!shape.test(text) || Number.isNaN(parsed.getTime()))
    throw new InvalidArgumentError('It must be a time with a time zone, such as 2026-11-21T13:00:00Z')
  return parsed
}

/** Collects the values of an option that may be repeated. */
export const collect = (text: string, values: readonly string[] = []): string[] => [...values, text]
