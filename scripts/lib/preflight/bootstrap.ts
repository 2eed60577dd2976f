import type { Place } from './identity.ts'
import type { Known } from './known.ts'
import type { DeployedStack } from './stacks.ts'
import { bad, good, unchecked, type Verdict } from './verdict.ts'

/** @param required version that the assembly asks for */
export function checkBootstrap(
  stacks: Known<readonly DeployedStack[]>,
  { account, region }: Pick<Place, 'account' | 'region'>,
  required: number,
): Verdict {
  if (!stacks.known) return unchecked('bootstrap', stacks)
  const command = `npx cdk bootstrap aws://${account}/${region}`
  const toolkit = stacks.value.find(({ name }) => name === 'CDKToolkit')
  if (!toolkit) return bad('bootstrap', `the CDK has nothing in account ${account}, region ${region} yet`, command)
  const version = Number(toolkit.outputs['BootstrapVersion'] ?? 0)
  return version < required
    ? bad('bootstrap', `version ${version} is there, ${required} is needed`, command)
    : good('bootstrap', `version ${version}; ${required} is needed`)
}
