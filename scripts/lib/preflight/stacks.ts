import {
  paginateDescribeStacks,
  paginateListStackResources,
  ValidateTemplateCommand,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation'
import { all, ask, mapKnown, type Known } from '../aws-errors.ts'
import { itemsIn } from '../pages.ts'
import type { Place } from './identity.ts'
import { failed, ok, warning, unchecked, type Verdict } from './verdict.ts'
import { pipelineStackOf, type Stage } from '#infra/stages.ts'
import { applicationId } from '#shared/application.ts'

export interface DeployedStack {
  readonly name: string
  /** As in CloudFormation: `UPDATE_COMPLETE`. */
  readonly status: string
  /** Whether CloudFormation refuses to delete it. */
  readonly isProtected: boolean
  readonly tags: Readonly<Record<string, string>>
  readonly outputs: Readonly<Record<string, string>>
}

export interface DeployedResource {
  readonly logicalId: string
  readonly type: string
  readonly physicalId: string
  /** Whether a rollback left it although its stack no longer has it. */
  readonly isLeftOver: boolean
}

export const readStacks = (client: CloudFormationClient): Promise<Known<DeployedStack[]>> =>
  ask('cloudformation:DescribeStacks', async () => {
    const stacks = await itemsIn(paginateDescribeStacks({ client }, {}), ({ Stacks }) => Stacks)
    return stacks.map(({ StackName, StackStatus, EnableTerminationProtection, Tags = [], Outputs = [] }) => ({
      name: StackName!,
      status: StackStatus!,
      isProtected: EnableTerminationProtection === true,
      tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
      outputs: Object.fromEntries(Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
    }))
  })

/** The resources of stacks, without those that are deleted already. A failed creation leaves what its template retains. */
export async function readResources(
  client: CloudFormationClient,
  stacks: readonly Pick<DeployedStack, 'name'>[],
): Promise<Known<DeployedResource[]>> {
  const found = await Promise.all(
    stacks.map(({ name }) => ask('cloudformation:ListStackResources', () => resourcesOf(client, name))),
  )
  return mapKnown(all(found), (resources) => resources.flat())
}

async function resourcesOf(client: CloudFormationClient, StackName: string): Promise<DeployedResource[]> {
  const resources: DeployedResource[] = []
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
    for (const { LogicalResourceId, ResourceType, PhysicalResourceId, ResourceStatus } of StackResourceSummaries) {
      if (!PhysicalResourceId || ResourceStatus === 'DELETE_COMPLETE') continue
      const isLeftOver = ResourceStatus === 'DELETE_SKIPPED'
      resources.push({ logicalId: LogicalResourceId!, type: ResourceType!, physicalId: PhysicalResourceId, isLeftOver })
    }
  }
  return resources
}

/** Whether this app created it, by its tags: another app may have a stack of the same name. */
export const isOwn = ({ tags }: DeployedStack, stage: string): boolean =>
  tags['application'] === applicationId && tags['stage'] === stage

/** The stacks of a stage, also those that only an earlier checkout defines. */
export const stacksOf = (deployed: readonly DeployedStack[], stage: Pick<Stage, 'name' | 'prefix'>): DeployedStack[] =>
  deployed.filter(
    (stack) =>
      stack.name.startsWith(`${stage.prefix}-`) &&
      stack.name !== pipelineStackOf(stage) &&
      stack.status !== 'DELETE_COMPLETE' &&
      isOwn(stack, stage.name),
  )

/** @param wanted names of the stacks that this checkout defines for the stage */
export function checkStacks(
  deployed: Known<readonly DeployedStack[]>,
  stage: Pick<Stage, 'name' | 'prefix'>,
  wanted: readonly string[],
): Verdict {
  if (!deployed.known) return unchecked('stacks', deployed)
  const there = deployed.value.filter(({ name }) => wanted.includes(name))
  const foreign = there.find((stack) => !isOwn(stack, stage.name))
  if (foreign)
    return failed(
      'stacks',
      `a stack ${foreign.name} exists that is not this app's (no tags application=${applicationId} and stage=${stage.name})`,
      'Deploy into another account or region, or change the prefix in infra/stages.ts.',
    )
  const obsolete = stacksOf(deployed.value, stage).filter(({ name }) => !wanted.includes(name))
  return (
    there.map(checkStatus).find((verdict) => verdict !== undefined) ??
    checkObsolete(obsolete) ??
    describeStacks(there.length, wanted.length)
  )
}

/** A deployment deletes no stack: that of a service that was left out still has its routes and reacts to events. */
function checkObsolete([stack]: readonly DeployedStack[]): Verdict | undefined {
  if (!stack) return undefined
  const remedy = 'Delete it after the deployment: CONTRIBUTING.md, "Remove a service", has the steps.'
  return warning('stacks', `${stack.name} is deployed, and this checkout does not define it`, remedy)
}

const describeStacks = (there: number, wanted: number): Verdict =>
  ok(
    'stacks',
    there === 0 ? `none of ${wanted} is deployed yet` : `${there} of ${wanted} are deployed and can be updated`,
  )

const isStuck = /^(UPDATE_ROLLBACK|ROLLBACK|DELETE)_FAILED$/

/** The command that has to come before the deletion of a protected stack. */
const unprotect = (name: string): string =>
  `aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name}`

function checkStatus({ name, status, isProtected }: DeployedStack): Verdict | undefined {
  if (status === 'REVIEW_IN_PROGRESS') return undefined
  if (status.endsWith('_IN_PROGRESS')) {
    const wait = `Wait for it: aws cloudformation describe-stacks --stack-name ${name}.`
    return failed('stacks', `${name} is being changed (${status})`, wait)
  }
  if (isStuck.test(status)) {
    const remedy =
      status === 'UPDATE_ROLLBACK_FAILED'
        ? `aws cloudformation continue-update-rollback --stack-name ${name}`
        : `Fix the causes in its events, then: ${isProtected ? `${unprotect(name)} && ` : ''}aws cloudformation delete-stack --stack-name ${name}`
    return failed('stacks', `${name} is stuck (${status})`, remedy)
  }
  if (status !== 'ROLLBACK_COMPLETE') return undefined
  const finding = `the first creation of ${name} failed`
  // The CDK enables the protection before it creates the resources, and does not disable it.
  if (isProtected) return failed('stacks', `${finding}, and its termination protection is on`, unprotect(name))
  return warning('stacks', finding, 'No action: a deployment deletes it and creates it again.')
}

/** What a failed first creation left. Names that the next one needs are reported as taken, too. */
export function checkLeftOvers(resources: Known<readonly DeployedResource[]>): Verdict {
  if (!resources.known) return unchecked('left over', resources)
  const left = resources.value.filter(({ isLeftOver }) => isLeftOver)
  if (left.length === 0) return ok('left over', 'nothing of a failed first deployment')
  return warning(
    'left over',
    `a failed first deployment left ${left.map(({ type, physicalId }) => `${type.split('::').at(-1)} ${physicalId}`).join(', ')}`,
    'Delete them unless they hold data: the next deployment creates new ones. Disable their deletion protection before.',
  )
}

/**
 * The types of resources that CloudFormation does not have in the region. A deployment would find that out in the first stack
 * with one, and leave those before it.
 */
export const readMissingTypes = (client: CloudFormationClient, types: readonly string[]): Promise<Known<string[]>> =>
  ask('cloudformation:ValidateTemplate', async () => {
    const Resources = Object.fromEntries([...new Set(types)].map((Type, index) => [`Resource${index}`, { Type }]))
    try {
      await client.send(new ValidateTemplateCommand({ TemplateBody: JSON.stringify({ Resources }) }))
      return []
    } catch (error) {
      // "Template format error: Unrecognized resource types: [AWS::Budgets::Budget]"
      const [, missing] = /Unrecognized resource types: \[(.+)\]/.exec((error as Error).message) ?? []
      if (missing === undefined) throw error
      return missing.split(', ')
    }
  })

export function checkRegion(missing: Known<readonly string[]>, { region }: Pick<Place, 'region'>): Verdict {
  if (!missing.known) return unchecked('region', missing)
  if (missing.value.length === 0) return ok('region', `CloudFormation in ${region} has every type of resource`)
  return failed(
    'region',
    `CloudFormation in ${region} does not have ${missing.value.join(', ')}`,
    'Choose another region, or leave out what needs it: the budget in the stage record, or a service in infra/left-out.ts.',
  )
}

/** @param required version that the assembly requires */
export function checkBootstrap(
  stacks: Known<readonly DeployedStack[]>,
  { account, region }: Pick<Place, 'account' | 'region'>,
  required: number,
): Verdict {
  if (!stacks.known) return unchecked('bootstrap', stacks)
  const command = `npx cdk bootstrap aws://${account}/${region}`
  const toolkit = stacks.value.find(({ name }) => name === 'CDKToolkit')
  if (!toolkit) return failed('bootstrap', `account ${account} is not bootstrapped in region ${region}`, command)
  const version = Number(toolkit.outputs['BootstrapVersion'] ?? 0)
  return version < required
    ? failed('bootstrap', `it has version ${version}; ${required} is required`, command)
    : ok('bootstrap', `version ${version}; ${required} is required`)
}
