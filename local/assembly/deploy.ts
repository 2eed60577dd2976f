import { createHash } from 'node:crypto'
import { StackScope, type Exported, type StackResource } from './intrinsics.ts'
import { ignoredTypes, Limitations, notEmulatedTypes, placeholder } from './limitations.ts'
import type { ResourceProvider } from './provider.ts'
import { inDependencyOrder, referencesIn, referencesOf } from './references.ts'
import { AssemblyError, type Stack, type TemplateResource } from './template.ts'

/** Stack name → output name → value, the format of `cdk deploy --outputs-file`. */
export type Outputs = Record<string, Record<string, unknown>>

interface Deployed {
  readonly outputs: Outputs
  /** What the templates declare and the system does not emulate, one line each. */
  readonly limitations: readonly string[]
}

/**
 * Creates every resource of the stacks, each after those that it references.
 *
 * @param stacks in the order of deployment
 * @throws AssemblyError that names the stack and resource that cannot be created
 */
export async function deploy(stacks: readonly Stack[], providers: readonly ResourceProvider[]): Promise<Deployed> {
  const byType = new Map(providers.map((provider) => [provider.type, provider]))
  if (byType.size < providers.length) throw new Error('Two providers have the same resource type.')
  const deployment: Deployment = {
    byType,
    limitations: new Limitations(),
    exports: new Map(),
    hosts: new Map(),
  }
  const outputs: Outputs = {}
  for (const stack of stacks) outputs[stack.name] = await deployStack(stack, deployment)
  return { outputs, limitations: deployment.limitations.lines() }
}

/** Domain on AWS → local URL without a trailing slash. */
type Hosts = ReadonlyMap<string, string>

interface Deployment {
  readonly byType: ReadonlyMap<string, ResourceProvider>
  readonly limitations: Limitations
  readonly exports: Map<string, Exported>
  readonly hosts: Map<string, string>
}

async function deployStack(stack: Stack, deployment: Deployment): Promise<Record<string, unknown>> {
  const scope = new StackScope(stack, deployment.exports)
  const resources = stack.template.Resources ?? {}
  const order = inDependencyOrder(
    Object.keys(resources),
    (id) => referencesOf(resources[id]!),
    `resources of ${stack.name}`,
  )
  const builtIn = providersOfBuiltIns(resources, deployment.byType)
  for (const logicalId of order) {
    const resource = resources[logicalId]!
    if (resource.Condition !== undefined && !scope.condition(resource.Condition)) continue
    scope.resources.set(
      logicalId,
      await createResource({ stack, logicalId, resource, scope, isBuiltIn: builtIn.has(logicalId) }, deployment),
    )
  }
  return collectOutputs(stack, scope, deployment)
}

/** The functions that provide custom resources for which there is a provider. */
function providersOfBuiltIns(
  resources: Readonly<Record<string, TemplateResource>>,
  byType: Deployment['byType'],
): ReadonlySet<string> {
  const custom = Object.values(resources).filter(({ Type }) => Type.startsWith('Custom::') && byType.has(Type))
  return new Set(custom.flatMap(({ Properties }) => [...referencesIn(Properties?.['ServiceToken'])]))
}

interface ResourceContext {
  readonly stack: Stack
  readonly logicalId: string
  readonly resource: TemplateResource
  readonly scope: StackScope
  /** Whether it provides custom resources that are built in. */
  readonly isBuiltIn: boolean
}

async function createResource(context: ResourceContext, deployment: Deployment): Promise<StackResource> {
  const { byType, limitations } = deployment
  const { stack, logicalId, resource, isBuiltIn } = context
  const where = `${stack.name}/${logicalId}`
  const name = generatedName(stack.name, logicalId)
  const provider = byType.get(resource.Type)
  if (provider && !isBuiltIn) return createWith(provider, context, { where, name, deployment })
  const reason = isBuiltIn ? 'the custom resources that it provides are built in' : notEmulatedTypes[resource.Type]
  if (reason) limitations.notEmulated(resource.Type, reason)
  else if (!ignoredTypes.has(resource.Type)) limitations.unsupportedType(resource.Type, where)
  return { ...placeholder(resource.Type, name), notEmulated: resource.Type }
}

async function createWith(
  provider: ResourceProvider,
  { stack, logicalId, resource, scope }: ResourceContext,
  { where, name, deployment }: { where: string; name: string; deployment: Deployment },
): Promise<StackResource> {
  const { limitations, hosts } = deployment
  try {
    const properties = localize(scope.resolve(resource.Properties ?? {}, ''), hosts) as Record<string, any>
    const declaration = { stackName: stack.name, logicalId, type: resource.Type, properties, generatedName: name }
    limitations.properties(declaration, provider)
    const created = await provider.create(declaration)
    for (const [domain, url] of Object.entries(created.hosts ?? {})) hosts.set(domain, url)
    for (const message of created.limitations ?? []) limitations.message(where, message)
    return created
  } catch (error) {
    // A bug in the emulation itself: keep its stack trace.
    if (error instanceof TypeError || error instanceof ReferenceError) throw error
    throw new AssemblyError(`${where} (${resource.Type}): ${(error as Error).message}`, { cause: error })
  }
}

/** An output that references something not emulated is omitted and reported; importing it fails with the reason. */
function collectOutputs(
  stack: Stack,
  scope: StackScope,
  { limitations, exports, hosts }: Deployment,
): Record<string, unknown> {
  const outputs: Record<string, unknown> = {}
  for (const [name, output] of Object.entries(stack.template.Outputs ?? {})) {
    if (output.Condition !== undefined && !scope.condition(output.Condition)) continue
    const exportName = output.Export && String(scope.resolve(output.Export.Name, `/Outputs/${name}`))
    try {
      outputs[name] = localize(scope.resolve(output.Value, `/Outputs/${name}`), hosts)
      if (exportName !== undefined) exports.set(exportName, { value: outputs[name] })
    } catch (error) {
      if (!(error instanceof AssemblyError)) throw error
      if (exportName !== undefined) exports.set(exportName, { missing: error.message })
      limitations.message(stack.name, `The output is omitted: ${error.message}`)
    }
  }
  return outputs
}

/** Names of buckets and functions may not be longer than this. */
const maxNameLength = 63

/** `<stack>-<logical id>`, which is unique because logical ids contain no dash. A long name ends in a hash of the whole name. */
export function generatedName(stackName: string, logicalId: string): string {
  const name = `${stackName}-${logicalId}`
  if (name.length <= maxNameLength) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8)
  return `${name.slice(0, maxNameLength - 9)}-${hash}`
}

/**
 * Replaces the URLs of the domains of resources on AWS, such as that of a distribution, which do not resolve to the local
 * system: `https://<domain>/…` by the local URL, and `https://<domain>`, which is an origin in security policies, by the
 * local origin. A domain without `https://` is unchanged: it may be just a name.
 *
 * @param value with its intrinsic functions resolved
 */
export function localize(value: unknown, hosts: Hosts): unknown {
  if (typeof value === 'string') {
    return value.replace(secureHost, (whole, domain: string, path: string) => {
      const url = hosts.get(domain)
      if (url === undefined) return whole
      return path === '' ? new URL(url).origin : `${url}/`
    })
  }
  if (Array.isArray(value)) return value.map((item) => localize(item, hosts))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, localize(inner, hosts)]))
}

const secureHost = /https:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)(\/|(?![\w.:@-]))/g
