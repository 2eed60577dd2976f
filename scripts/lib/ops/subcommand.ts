import { parseArgs, type ParseArgsConfig } from 'node:util'
import { asksForHelp, parseArguments } from '../command.ts'
import { UsageError } from '../deployment.ts'
import type { Session } from './session.ts'

type Options = NonNullable<ParseArgsConfig['options']>
type Flags<O extends Options> = ReturnType<typeof parseArgs<{ options: O; allowPositionals: true }>>['values']

/** Flags that every command takes. */
const commonOptions = { outputs: { type: 'string' }, yes: { type: 'boolean' } } as const

const commonHelp = `
  --outputs FILE     outputs of the deployment, as cdk deploy --outputs-file writes them
                     (default: those of the running local system)`

export interface CommonFlags {
  /** A file of outputs; undefined: the local system's. */
  readonly outputs: string | undefined
  readonly yes: boolean
}

export interface Subcommand {
  /** One or two words: `dlq list`. */
  readonly name: string
  readonly help: string
  /** It changes nothing, and so has nothing to bring to an end on Ctrl-C. */
  readonly looksOnly: boolean
  /**
   * Parses what follows the name, and then works.
   * @returns the exit code
   * @throws UsageError before a session is opened when the arguments are wrong
   */
  run(args: string[], open: (common: CommonFlags) => Promise<Session>): Promise<number>
}

export interface Definition<O extends Options, Request> {
  readonly name: string
  /** How it is called, after `npm run ops -- `. */
  readonly usage: string
  /** What it does; lines of its flags at the end. */
  readonly help: string
  /** @default false */
  readonly looksOnly?: boolean
  readonly options: O
  /** What is asked for, checked as far as that needs no deployment. @throws UsageError */
  readonly request: (flags: Flags<O>, words: readonly string[]) => Request
  readonly run: (session: Session, request: Request) => Promise<number>
}

/** A command whose arguments are checked before anything is opened or asked. */
export function subcommand<const O extends Options, Request>(definition: Definition<O, Request>): Subcommand {
  const { name, usage, options, looksOnly = false } = definition
  const help = `npm run ops -- ${usage}\n\n${definition.help.trim()}${commonHelp}`
  return {
    name,
    help,
    looksOnly,
    async run(args, open) {
      if (asksForHelp(args)) {
        console.log(help)
        return 0
      }
      const { values, positionals } = parseArguments({ ...options, ...commonOptions }, args)
      const request = definition.request(values, positionals)
      const { outputs, yes } = values as { outputs?: string; yes?: boolean }
      return await definition.run(await open({ outputs, yes: yes ?? false }), request)
    },
  }
}

/** The one word that a command takes. @throws UsageError */
export function oneWord(words: readonly string[], what: string): string {
  const [word] = words
  if (word === undefined || words.length > 1) throw new UsageError(`Name one ${what} (--help tells how).`)
  return word
}

/** @throws UsageError */
export function noWords(words: readonly string[]): void {
  if (words.length > 0) throw new UsageError(`${JSON.stringify(words[0])} is too much (--help lists the flags).`)
}

/** A whole number from 1 to `most`. @throws UsageError */
export function countOf(text: string, flag: string, most: number): number {
  const count = Number(text)
  if (!Number.isInteger(count) || count < 1 || count > most)
    throw new UsageError(`${flag} takes a whole number from 1 to ${most}, not ${text}.`)
  return count
}

/** A time with its zone, as `2026-11-21T13:00:00Z`. @throws UsageError */
export function timeOf(text: string | undefined, flag: string): Date {
  const shape = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/
  const time = new Date(text ?? '')
  if (text === undefined || !shape.test(text) || Number.isNaN(time.getTime()))
    throw new UsageError(`${flag} takes a time with its zone, like 2026-11-21T13:00:00Z, not ${text ?? 'nothing'}.`)
  return time
}
