import { setTimeout } from 'node:timers/promises'
import { confirmPlan } from '../confirm.ts'
import { readDeployment, type Deployment } from '../deployment.ts'

/** The dependencies of an operations command. Tests pass their own. */
export interface Session {
  readonly deployment: Deployment
  /** The deployment and its account, shown before any change, so that a wrong account is noticed. */
  readonly place: string
  /** Aborted by Ctrl-C: a waiting command stops its task, reports it and returns `interrupted`. */
  readonly signal: AbortSignal
  readonly now: () => Date
  /** Prints a result, on stdout. */
  readonly print: (line: string) => void
  /** Prints progress, on stderr, so that results can be piped. */
  readonly say: (line: string) => void
  /**
   * Prints the plan and its target, and prompts for confirmation.
   * @returns false when the user declines
   * @throws UsageError without `--yes` and without a terminal for the prompt
   */
  readonly confirm: (plan: readonly string[]) => Promise<boolean>
}

/** Exit codes besides 0. */
export const failed = 1
export const interrupted = 130

/** Finds the deployment and its account. */
export async function openSession(
  { outputs, yes }: { outputs?: string; yes?: boolean },
  signal: AbortSignal,
): Promise<Session> {
  const deployment = readDeployment(outputs)
  const place = `${deployment.eventBusName} ${await placeOf(deployment)}`
  return {
    deployment,
    place,
    signal,
    now: () => new Date(),
    print: (line) => console.log(line),
    say: (line) => console.error(line),
    confirm: (plan) => confirmPlan({ place, plan, yes: yes ?? false }),
  }
}

/** @throws an AWS error when the credentials are missing or rejected */
async function placeOf({ awsEndpoint, clientConfiguration }: Deployment): Promise<string> {
  if (awsEndpoint) return `on the local system at ${awsEndpoint}`
  const { GetCallerIdentityCommand, STSClient } = await import('@aws-sdk/client-sts')
  const client = new STSClient(clientConfiguration)
  try {
    const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}))
    return `in AWS account ${Account}, region ${clientConfiguration.region}, as ${Arn}`
  } finally {
    client.destroy()
  }
}

/** Resolves after `delayMs`, or as soon as the signal is aborted. */
export async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  await setTimeout(delayMs, undefined, { signal }).catch(() => {})
}
