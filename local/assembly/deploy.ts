import { AssemblyError } from './assembly-error.ts'
import { generatedName } from './generated-name.ts'
import { HostedDomains } from './hosted-domains.ts'
import { Limitations } from './limitations.ts'
import { notEmulatedTypes, silentTypes } from './not-emulated.ts'
import { inDependencyOrder } from './order.ts'
import type { ResourceProvider } from './provider.ts'
import { referencesOf } from './references.ts'
import { StackScope, type Exported, type StandingResource } from './scope.ts'
import type { Stack, TemplateResource } from './template.ts'

/** Stack name → output name → value, the format of `cdk deploy --outputs-file`. */
export type Outputs = Record<string, Record<string, unknown>>

export interface Deployed {
  readonly outputs: Outputs
  /** What the templates ask for and do not get, a line each. */
  readonly limitations: readonly string[]
}

/**
 * Makes every resource of the stacks, each after those that it names.
 *
 * @param stacks in the order of deployment
 * @throws AssemblyError naming stack and resource for what cannot be made
 */
export async function deploy(stacks: readonly Stack[], providers: readonly ResourceProvider[]): Promise<Deployed> {
  const byType = new Map(providers.map((provider) => [provider.type, provider]))
  if (byType.size < providers.length) throw new Error('Two providers make resources of one type.')
  const deployment: Deployment = {
    byType,
    limitations: new Limitations(),
    exports: new Map(),
    domains: new HostedDomains(),
  }
  const outputs: Outputs = {}
  for (const stack of stacks) outputs[stack.name] = await deployStack(stack, deployment)
  return { outputs, limitations: deployment.limitations.lines() }
}

interface Deployment {
  readonly byType: ReadonlyMap<string, ResourceProvider>
  readonly limitations: Limitations
  readonly exports: Map<string, Exported>
  readonly domains: HostedDomains
}

async function deployStack(stack: Stack, deployment: Deployment): Promise<Record<string, unknown>> {
  const scope = new StackScope(stack, deployment.exports)
  const resources = stack.template.Resources ?? {}
  const order = inDependencyOrder(
    Object.keys(resources),
    (id) => referencesOf(resources[id]!),
    `resources of ${stack.name}`,
  )
  for (const logicalId of order) {
    const resource = resources[logicalId]!
    if (resource.Condition !== undefined && !scope.condition(resource.Condition)) continue
    scope.resources.set(logicalId, await make({ stack, logicalId, resource, scope }, deployment))
  }
  return collectOutputs(stack, scope, deployment)
}

interface Making {
  readonly stack: Stack
  readonly logicalId: string
  readonly resource: TemplateResource
  readonly scope: StackScope
}

async function make(making: Making, deployment: Deployment): Promise<StandingResource> {
  const { byType, limitations } = deployment
  const { stack, logicalId, resource } = making
  const where = `${stack.name}/${logicalId}`
  const name = generatedName(stack.name, logicalId)
  const provider = byType.get(resource.Type)
  if (provider) return create(making, provider, { where, name, deployment })
  const known = notEmulatedTypes[resource.Type]
  if (known) limitations.notEmulated(resource.Type, known.reason)
  else if (!silentTypes.has(resource.Type)) limitations.unsupportedType(resource.Type, where)
  return { ref: name, ...known?.identify(name), notEmulated: resource.Type }
}

async function create(
  { stack, logicalId, resource, scope }: Making,
  provider: ResourceProvider,
  { where, name, deployment }: { where: string; name: string; deployment: Deployment },
): Promise<StandingResource> {
  const { limitations, domains } = deployment
  try {
    const properties = domains.localise(scope.resolve(resource.Properties ?? {}, '')) as Record<string, any>
    const declaration = { stackName: stack.name, logicalId, type: resource.Type, properties, generatedName: name }
    limitations.properties(declaration, provider)
    const created = await provider.create(declaration)
    domains.add(created.hosts)
    for (const sentence of created.limitations ?? []) limitations.sentence(where, sentence)
    return created
  } catch (error) {
    // A fault of the emulation itself keeps its stack.
    if (error instanceof TypeError || error instanceof ReferenceError) throw error
    throw new AssemblyError(`${where} (${resource.Type}): ${(error as Error).message}`, { cause: error })
  }
}

/** An output about something that is not emulated is left out and told; whoever imports it fails with that reason. */
function collectOutputs(
  stack: Stack,
  scope: StackScope,
  { limitations, exports, domains }: Deployment,
): Record<string, unknown> {
  const outputs: Record<string, unknown> = {}
  for (const [name, output] of Object.entries(stack.template.Outputs ?? {})) {
    if (output.Condition !== undefined && !scope.condition(output.Condition)) continue
    const exportName = output.Export && String(scope.resolve(output.Export.Name, `/Outputs/${name}`))
    try {
      outputs[name] = domains.localise(scope.resolve(output.Value, `/Outputs/${name}`))
      if (exportName !== undefined) exports.set(exportName, { value: outputs[name] })
    } catch (error) {
      if (!(error instanceof AssemblyError)) throw error
      if (exportName !== undefined) exports.set(exportName, { missing: error.message })
      limitations.sentence(stack.name, `The output is left out: ${error.message}`)
    }
  }
  return outputs
}
