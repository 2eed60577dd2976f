import type { Template } from '../templates.ts'

interface ReleasedAlias {
  readonly functionName: string
  /** The logical id of the version, which holds a hash of the function's code and configuration. */
  readonly version: string
  readonly concurrency: number
  readonly role: string
  readonly tableName: string
  /** Whether two versions of the function answer for a while. */
  readonly gradual: boolean
}

/**
 * What one deployment must not change together, of the functions that are released through an alias.
 *
 * - Code (or configuration) and provisioned concurrency: while an alias has weights, Lambda refuses to change its
 *   concurrency, so that the deployment would fail halfway.
 * - Code and role, in a canary: Lambda wants one role for both versions of an alias.
 * - The table, in a canary: a tenth of the orders would go into another table than the rest.
 *
 * @param deployed the template of a stack as it is deployed
 * @param wanted the same stack's as it was synthesised
 * @returns a sentence for each conflict that says what to do
 */
export function releaseConflicts(deployed: Template, wanted: Template): string[] {
  const before = aliasesOf(deployed)
  return [...aliasesOf(wanted)].flatMap(([logicalId, after]) => {
    const standing = before.get(logicalId)
    return standing ? conflictsOf(standing, after) : []
  })
}

function conflictsOf(before: ReleasedAlias, after: ReleasedAlias): string[] {
  const { functionName } = after
  if (before.version === after.version) return []
  return [
    ...(before.concurrency === after.concurrency
      ? []
      : [
          `${functionName}: its code or configuration and its provisioned concurrency (${before.concurrency} to ${after.concurrency}) change together. Deploy one of them first: put placeOrderConcurrency in infra/stages.ts back to ${before.concurrency}, deploy, then change it.`,
        ]),
    ...(after.gradual && before.role !== after.role
      ? [
          `${functionName}: its role is another one (${before.role} to ${after.role}), and two versions behind one alias need the same. Keep the role, or set shift in infra/stages.ts to 'all-at-once' for this deployment.`,
        ]
      : []),
    ...(after.gradual && before.tableName !== after.tableName
      ? [
          `${functionName}: its table is another one, and two versions would write to two tables for minutes. Set shift in infra/stages.ts to 'all-at-once' for this deployment.`,
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
          tableName: textOf(released.Environment?.Variables?.TABLE_NAME),
          gradual: group !== undefined && group.Properties.DeploymentConfigName !== 'CodeDeployDefault.LambdaAllAtOnce',
        },
      ]
    }),
  )
}

/** What a value of a template refers to; equal texts are equal values. */
function textOf(value: any): string {
  if (value?.Ref) return value.Ref
  if (value?.['Fn::GetAtt']) return value['Fn::GetAtt'][0]
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}
