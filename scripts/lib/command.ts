import { onOutputClosed, watchParent } from '@cartwheel/local/process'
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
export async function runCommand(command: Command): Promise<void> {
  onOutputClosed(() => terminate(brokenPipe))
  watchParent(() => terminate(orphaned))
  const args = process.argv.slice(2)
  try {
    checkNpmFlags(command, args)
    await command.parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = reportError(error)
  }
}

/** The exit codes that a shell gives a program which SIGPIPE or SIGTERM ended. */
const brokenPipe = 141
const orphaned = 143

/**
 * A command whose output is no longer read, as in `npm run demo | head -2`, or whose npm has ended, ends as after SIGTERM,
 * with its own cleanup.
 */
function terminate(exitCode: number): void {
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(exitCode)
}

/**
 * npm consumes a flag before `--` as its own: it is then missing in the arguments, and only npm's environment names it.
 * @throws UsageError with the call that passes the flag on
 */
export function checkNpmFlags(
  command: Command,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = process.env,
): void {
  const call = command.name()
  const [, script = ''] = /^npm (?:run )?(\S+) --$/.exec(call) ?? []
  // The environment reaches every process below; it is about the command that npm runs.
  if (script === '' || !env['npm_lifecycle_event']?.startsWith(script)) return
  for (const { long, negate } of optionsOf(command, args)) {
    const value = long && env[`npm_config_${long.replace(/^--(no-)?/, '').replaceAll('-', '_')}`]
    // npm sets an empty value for a flag with --no-.
    if (value === undefined || (value === '') !== negate || args.some((arg) => arg.split('=')[0] === long)) continue
    throw new UsageError(`npm consumed ${long} as its own flag; use: ${call} ${long}`)
  }
}

/** Of the command and of the subcommands that the arguments name. */
const optionsOf = (command: Command, args: readonly string[]): Option[] => [
  ...command.options,
  ...command.commands.filter((each) => args.includes(each.name())).flatMap((each) => optionsOf(each, args)),
]

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

/** Parses an option's value that has a shape. @param what such as `an email address` */
export const matching =
  (shape: RegExp, what: string) =>
  (text: string): string => {
    if (shape.test(text)) return text
    throw new InvalidArgumentError(`It must be ${what}`)
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
