import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ask, type Known } from '../aws-errors.ts'
import { CommandError } from '../errors.ts'
import type { Template } from '../templates.ts'
import { exportConflicts } from './export-conflicts.ts'
import { poolConflicts } from './pool-conflicts.ts'
import { routeConflicts } from './route-conflicts.ts'
import { tableConflicts } from './table-conflicts.ts'
import { readWarmThroughput } from './warm-throughput.ts'

/**
 * Compares the stacks of an assembly with the deployed stacks, in the account and region of the credentials.
 * @returns a sentence for each conflict
 * @throws CommandError when the deployed templates, or the tables that change, cannot be read
 */
export async function checkRelease(wanted: ReadonlyMap<string, Template>, region?: string): Promise<string[]> {
  const options = region ? { region } : {}
  const clients = { cloudFormation: new CloudFormationClient(options), dynamoDb: new DynamoDBClient(options) }
  try {
    const deployed = await deployedTemplates(clients.cloudFormation, [...wanted.keys()])
    const conflicts: string[] = []
    for (const [stack, template] of wanted) {
      const before = deployed.get(stack) ?? { Resources: {} }
      const warm = await readWarmThroughput(clients, stack, { deployed: before, wanted: template })
      conflicts.push(
        ...releaseConflicts(before, template),
        ...tableConflicts(before, template, warm),
        ...poolConflicts(before, template),
      )
    }
    return [...conflicts, ...exportConflicts(deployed, wanted), ...routeConflicts(deployed, wanted)]
  } finally {
    for (const client of Object.values(clients)) client.destroy()
  }
}

/** Of the stacks that exist. */
async function deployedTemplates(
  client: CloudFormationClient,
  stacks: readonly string[],
): Promise<ReadonlyMap<string, Template>> {
  const found = stacks.map(async (stack) => {
    const deployed = await deployedTemplate(client, stack)
    if (!deployed.known)
      throw new CommandError(`The deployed template of ${stack} cannot be read: ${deployed.why}. ${deployed.remedy}`)
    return [stack, deployed.value] as const
  })
  return new Map((await Promise.all(found)).filter(([, template]) => template !== undefined))
}

/** The template that a stack was last deployed with; undefined when the stack does not exist. */
export const deployedTemplate = (
  client: CloudFormationClient,
  StackName: string,
): Promise<Known<Template | undefined>> =>
  ask('cloudformation:GetTemplate', async () => {
    try {
      const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }))
      return JSON.parse(TemplateBody!)
    } catch (error) {
      // CloudFormation has no dedicated error code for a missing stack.
      if ((error as Error).name === 'ValidationError' && (error as Error).message.includes('does not exist'))
        return undefined
      throw error
    }
  })

interface ReleasedAlias {
  readonly functionName: string
  /** The logical id of the version, which contains a hash of the function's code and configuration. */
  readonly version: string
  readonly concurrency: number
  readonly role: string
  readonly permissions: readonly Permission[]
  readonly tableName: string
  /** Whether two versions of the function serve requests during the release. */
  readonly gradual: boolean
}

/** One action of a statement of the role's policies. */
interface Permission {
  readonly action: string
  readonly resource: string
  /** The values of each condition, by its operator and key. */
  readonly conditions: ReadonlyMap<string, readonly string[]>
}

/**
 * The changes that one deployment must not combine, for functions that are released through an alias:
 *
 * - Code (or configuration) and provisioned concurrency: while an alias has weights, Lambda rejects a change of its
 *   concurrency, so the deployment would fail halfway.
 * - Code and role, in a canary: Lambda requires the same role for both versions of an alias.
 * - Code and fewer permissions, in a canary: the role changes before the code, and nine tenths of the requests still go to the
 *   version that needs the permission.
 * - The table, in a canary: a tenth of the orders would be written to a different table.
 *
 * @param deployed the deployed template of a stack
 * @param wanted the synthesized template of the same stack
 * @returns a sentence for each conflict with its fix
 */
export function releaseConflicts(deployed: Template, wanted: Template): string[] {
  const before = aliasesOf(deployed)
  return [...aliasesOf(wanted)].flatMap(([logicalId, after]) => {
    const current = before.get(logicalId)
    return current ? conflictsOf(current, after) : []
  })
}

function conflictsOf(before: ReleasedAlias, after: ReleasedAlias): string[] {
  const { functionName } = after
  if (before.version === after.version) return []
  const uncovered = before.permissions.filter((each) => !after.permissions.some((other) => covers(other, each)))
  const lost = before.role === after.role ? [...new Set(uncovered.map(({ action }) => action))] : []
  return [
    ...(before.concurrency === after.concurrency
      ? []
      : [
          `${functionName}: its code or configuration and its provisioned concurrency (${before.concurrency} to ${after.concurrency}) change together. Deploy one of them first: set placeOrderConcurrency in infra/stages.ts back to ${before.concurrency}, deploy, then change it.`,
        ]),
    ...(after.gradual && before.role !== after.role
      ? [
          `${functionName}: its role changes (${before.role} to ${after.role}), and two versions behind one alias require the same role. Keep the role, or set shift in infra/stages.ts to 'all-at-once' for this deployment.`,
        ]
      : []),
    ...(after.gradual && lost.length > 0
      ? [
          `${functionName}: its role loses permissions (${lost.join(', ')}), which the version before it uses during the release. Remove them one deployment later, or set shift in infra/stages.ts to 'all-at-once' for this deployment, in which requests fail until the new version is in place.`,
        ]
      : []),
    ...(after.gradual && before.tableName !== after.tableName
      ? [
          `${functionName}: its table changes, and two versions would write to two tables during the release. Set shift in infra/stages.ts to 'all-at-once' for this deployment.`,
        ]
      : []),
  ]
}

function aliasesOf({ Resources }: Template): ReadonlyMap<string, ReleasedAlias> {
  const aliases = Object.entries<any>(Resources).filter(([, { Type }]) => Type === 'AWS::Lambda::Alias')
  return new Map(
    aliases.map(([logicalId, { Properties, UpdatePolicy }]) => {
      const released = Resources[Properties.FunctionName.Ref].Properties
      const group = Resources[UpdatePolicy?.CodeDeployLambdaAliasUpdate?.DeploymentGroupName?.Ref]
      return [
        logicalId,
        {
          functionName: released.FunctionName,
          version: textOf(Properties.FunctionVersion),
          concurrency: Properties.ProvisionedConcurrencyConfig?.ProvisionedConcurrentExecutions ?? 0,
          role: textOf(released.Role),
          permissions: permissionsOf(Resources, textOf(released.Role)),
          tableName: textOf(released.Environment?.Variables?.TABLE_NAME),
          gradual: group !== undefined && group.Properties.DeploymentConfigName !== 'CodeDeployDefault.LambdaAllAtOnce',
        },
      ]
    }),
  )
}

function permissionsOf(resources: Template['Resources'], role: string): Permission[] {
  const policies = Object.values<any>(resources).filter(
    ({ Type, Properties }) =>
      (Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy') &&
      Properties.Roles?.some((each: unknown) => textOf(each) === role),
  )
  return policies
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
    .flatMap(({ Action, Resource, Condition = {} }) => {
      const conditions = new Map(
        Object.entries<object>(Condition).flatMap(([operator, keys]) =>
          Object.entries(keys).map(([key, values]) => [`${operator} ${key}`, [values].flat().map(textOf)] as const),
        ),
      )
      const targets = [Resource].flat().map(textOf)
      return [Action].flat().flatMap((action: string) => targets.map((resource) => ({ action, resource, conditions })))
    })
}

/** Whether a permission allows at least what another one does: no further condition, and each with the same values or more. */
const covers = ({ action, resource, conditions }: Permission, other: Permission): boolean =>
  action === other.action &&
  resource === other.resource &&
  [...conditions].every(
    ([name, values]) => other.conditions.get(name)?.every((value) => values.includes(value)) ?? false,
  )

/** A string representation of a template's value; equal values have equal strings. */
function textOf(value: any): string {
  if (value?.Ref) return value.Ref
  if (value?.['Fn::GetAtt']) return value['Fn::GetAtt'][0]
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
