import { createInterface } from 'node:readline/promises'
import { UsageError } from './deployment.ts'

/** The terminal, as far as a command talks to it. */
export interface Terminal {
  /** Whether somebody sits there who can be asked. */
  readonly interactive: boolean
  readonly print: (line: string) => void
  readonly say: (line: string) => void
  /** @returns what was typed; nothing when the signal was raised instead */
  readonly ask: (question: string, signal: AbortSignal) => Promise<string>
}

export const processTerminal: Terminal = {
  interactive: Boolean(process.stdin.isTTY && process.stderr.isTTY),
  print: (line) => console.log(line),
  say: (line) => console.error(line),
  ask: (question, signal) => askOn({ input: process.stdin, output: process.stderr }, question, signal),
}

/** What is typed at the question; nothing at all is the answer of Ctrl-C, Ctrl-D and an input that ends. */
export async function askOn(
  streams: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream; terminal?: boolean },
  question: string,
  signal: AbortSignal,
): Promise<string> {
  const reader = createInterface(streams)
  // At a prompt the reader takes Ctrl-C for itself; it means the same as everywhere.
  reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT'))
  const closed = new Promise<string>((resolve) => reader.once('close', () => resolve('')))
  try {
    return await Promise.race([reader.question(question, { signal }), closed])
  } catch (error) {
    if ((error as { code?: string }).code === 'ABORT_ERR') return ''
    throw error
  } finally {
    reader.close()
  }
}

/**
 * Tells the plan, and asks whether to go ahead, unless that is said already.
 * @throws UsageError where it is not said and nobody can be asked
 */
export async function confirm(
  place: string,
  plan: readonly string[],
  { yes, terminal, signal }: { yes: boolean; terminal: Terminal; signal: AbortSignal },
): Promise<boolean> {
  if (!yes && !terminal.interactive)
    throw new UsageError(`Nothing was done. Add --yes to go ahead: ${plan[0]} (${place})`)
  for (const line of [place, ...plan]) terminal.say(line)
  if (yes) return true
  const answer = await terminal.ask('Proceed? [y/N] ', signal)
  if (/^y(es)?$/i.test(answer.trim())) return true
  terminal.say('Nothing was done.')
  return false
}
