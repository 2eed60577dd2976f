import { confirm, type Terminal } from '../confirm.ts'
import { localOutputsFile, readDeployment, type Deployment } from '../deployment.ts'
import type { Session } from './session.ts'
import type { CommonFlags } from './subcommand.ts'

/** Finds the deployment, and out where it is. */
export async function openSession(
  { outputs, yes }: CommonFlags,
  { terminal, signal }: { terminal: Terminal; signal: AbortSignal },
): Promise<Session> {
  const deployment = readDeployment(outputs ?? localOutputsFile())
  const place = `${deployment.eventBusName} ${await placeOf(deployment)}`
  return {
    deployment,
    place,
    signal,
    now: () => new Date(),
    print: terminal.print,
    say: terminal.say,
    confirm: (plan) => confirm(place, plan, { yes, terminal, signal }),
  }
}

/** @throws UsageError when it is not known who is asking */
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
