import { createHash } from 'node:crypto'
import { StackScope, type Exported, type StackResource } from './intrinsics.ts'
import { ignoredTypes, Limitations, notEmulatedTypes, placeholder } from './limitations.ts'
import type { ResourceDeclaration, ResourceProvider } from './provider.ts'
import { inDependencyOrder, referencesIn, referencesOf } from './references.ts'
import { AssemblyError, type Stack, type Template, type TemplateResource } from './template.ts'

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
  const deployment = new Deployment(providers)
  const outputs: Outputs = {}
  for (const stack of stacks) outputs[stack.name] = await deployment.add(stack)
  return { outputs, limitations: deployment.limitations.lines() }
}

/** Domain on AWS → local URL without a trailing slash. */
type Hosts = ReadonlyMap<string, string>

class Deployment {
  readonly limitations = new Limitations()
  readonly #providers: ReadonlyMap<string, ResourceProvider>
  readonly #exports = new Map<string, Exported>()
  readonly #hosts = new Map<string, string>()

  constructor(providers: readonly ResourceProvider[]) {
    this.#providers = new Map(providers.map((provider) => [provider.type, provider]))
    if (this.#providers.size < providers.length) throw new Error('Two providers have the same resource type.')
  }

  /** @returns the outputs of the stack */
  async add(stack: Stack): Promise<Record<string, unknown>> {
    const { name: stackName, template } = stack
    if (template.Transform !== undefined)
      throw new AssemblyError(`${stackName}: the transform ${JSON.stringify(template.Transform)} is not supported.`)
    const scope = new StackScope(stack, this.#exports)
    const resources = template.Resources ?? {}
    const order = inDependencyOrder(
      Object.keys(resources),
      (id) => referencesOf(resources[id]!),
      `resources of ${stackName}`,
    )
    const builtIn = this.#providersOfBuiltIns(resources)
    for (const logicalId of order) {
      const resource = resources[logicalId]!
      if (resource.Condition !== undefined && !scope.condition(resource.Condition)) continue
      const provider = builtIn.has(logicalId) ? undefined : this.#providers.get(resource.Type)
      const name = generatedName(stackName, logicalId)
      const declaration = { stackName, logicalId, type: resource.Type, generatedName: name }
      const created = provider
        ? await this.#create(provider, declaration, () => scope.resolve(resource.Properties ?? {}, ''))
        : this.#substitute(declaration, builtIn.has(logicalId))
      scope.resources.set(logicalId, created)
    }
    return this.#outputs(stackName, template, scope)
  }

  /** The functions that provide custom resources for which there is a provider. */
  #providersOfBuiltIns(resources: Readonly<Record<string, TemplateResource>>): ReadonlySet<string> {
    const custom = Object.values(resources).filter(
      ({ Type }) => Type.startsWith('Custom::') && this.#providers.has(Type),
    )
    return new Set(custom.flatMap(({ Properties }) => [...referencesIn(Properties?.['ServiceToken'])]))
  }

  async #create(
    provider: ResourceProvider,
    declared: Omit<ResourceDeclaration, 'properties'>,
    resolved: () => unknown,
  ): Promise<StackResource> {
    const where = `${declared.stackName}/${declared.logicalId}`
    try {
      const declaration = { ...declared, properties: localize(resolved(), this.#hosts) as Record<string, any> }
      this.limitations.properties(declaration, provider)
      const created = await provider.create(declaration)
      for (const [domain, url] of Object.entries(created.hosts ?? {})) this.#hosts.set(domain, url)
      for (const message of created.limitations ?? []) this.limitations.message(where, message)
      return created
    } catch (error) {
      // A bug in the emulation itself: keep its stack trace.
      if (error instanceof TypeError || error instanceof ReferenceError) throw error
      throw new AssemblyError(`${where} (${provider.type}): ${(error as Error).message}`, { cause: error })
    }
  }

  /** A resource that is not emulated has a name, so that others can reference it. */
  #substitute(
    { type, stackName, logicalId, generatedName: name }: Omit<ResourceDeclaration, 'properties'>,
    isBuiltIn: boolean,
  ): StackResource {
    const reason = isBuiltIn ? 'the custom resources that it provides are built in' : notEmulatedTypes[type]
    if (reason) this.limitations.notEmulated(type, reason)
    else if (!ignoredTypes.has(type)) this.limitations.unsupportedType(type, `${stackName}/${logicalId}`)
    return { ...placeholder(type, name), notEmulated: type }
  }

  /** An output that references something not emulated is omitted and reported; importing it fails with the reason. */
  #outputs(stackName: string, template: Template, scope: StackScope): Record<string, unknown> {
    const outputs: Record<string, unknown> = {}
    for (const [name, output] of Object.entries(template.Outputs ?? {})) {
      if (output.Condition !== undefined && !scope.condition(output.Condition)) continue
      const exportName = output.Export && String(scope.resolve(output.Export.Name, `/Outputs/${name}`))
      try {
        outputs[name] = localize(scope.resolve(output.Value, `/Outputs/${name}`), this.#hosts)
        if (exportName !== undefined) this.#exports.set(exportName, { value: outputs[name] })
      } catch (error) {
        if (!(error instanceof AssemblyError)) throw error
        if (exportName !== undefined) this.#exports.set(exportName, { missing: error.message })
        this.limitations.message(stackName, `The output is omitted: ${error.message}`)
      }
    }
    return outputs
  }
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
