import { UsageError } from './errors.ts'

interface ConfirmOptions {
  /** The account and region, or the local system, that the plan applies to. */
  readonly place: string
  /** The planned actions, the summary first. */
  readonly plan: readonly string[]
  /** Whether the user confirmed with `--yes`. */
  readonly yes: boolean
  /** @default on stderr, so that results can be piped */
  readonly print?: (line: string) => void
}

/**
 * Prints the plan and prompts for confirmation.
 * @returns false when the user declines
 * @throws UsageError without a terminal for the prompt
 */
export async function confirmPlan({ place, plan, yes, print = console.error }: ConfirmOptions): Promise<boolean> {
  if (!yes && !(process.stdin.isTTY && process.stderr.isTTY))
    throw new UsageError(`Nothing was done. Add --yes to proceed: ${plan[0]} (${place})`)
  for (const line of [place, ...plan]) print(line)
  if (yes) return true
  const { confirm, isCancel } = await import('@clack/prompts')
  const answer = await confirm({ message: 'Proceed?', initialValue: false, output: process.stderr })
  // The prompt reads Ctrl-C as a key, so the process receives no signal.
  if (isCancel(answer)) process.emit('SIGINT', 'SIGINT')
  if (answer === true) return true
  print('Nothing was done.')
  return false
}
