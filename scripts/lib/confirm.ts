import { UsageError } from './errors.ts'

export interface ConfirmOptions {
  /** The account and region, or the local system, that the plan applies to. */
  readonly place: string
  /** What will be done, the summary first. */
  readonly plan: readonly string[]
  /** Whether the user has already agreed, by `--yes`. */
  readonly yes: boolean
  /** @default on stderr, so that results can be piped */
  readonly print?: (line: string) => void
}

/**
 * Prints what will be done and asks whether to proceed.
 * @returns false when the user declines
 * @throws UsageError where there is no terminal to ask at
 */
export async function confirmPlan({ place, plan, yes, print = console.error }: ConfirmOptions): Promise<boolean> {
  if (!yes && !(process.stdin.isTTY && process.stderr.isTTY))
    throw new UsageError(`Nothing was done. Add --yes to proceed: ${plan[0]} (${place})`)
  for (const line of [place, ...plan]) print(line)
  if (yes) return true
  const { confirm, isCancel } = await import('@clack/prompts')
  const answer = await confirm({ message: 'Proceed?', initialValue: false, output: process.stderr })
  // The prompt reads Ctrl-C as a key, so that the process gets no signal.
  if (isCancel(answer)) process.emit('SIGINT', 'SIGINT')
  if (answer === true) return true
  print('Nothing was done.')
  return false
}
