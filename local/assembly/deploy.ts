import { createHash } from 'node:crypto'
import { StackScope, type Exported, type StackResource } from './intrinsics.ts'
import { ignoredProperties, ignoredTypes, Limitations, notEmulatedTypes, placeholder } from './limitations.ts'
import type { ResourceDeclaration, ResourceProvider } from './provider.ts'
import { AssemblyError, inDependencyOrder, referencesIn, type Stack, type TemplateResource } from './template.ts'

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

type Declared = Omit<ResourceDeclaration, 'properties'>

class Deployment {
  readonly limitations = new Limitations()
  readonly #providers: ReadonlyMap<string, ResourceProvider>
  /** ARN, or type and unique name → the resource that has it. */
  readonly #owners = new Map<string, string>()
  readonly #exports = new Map<string, Exported>()
  /** Domain on AWS → local URL without a trailing slash. */
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
    const dependenciesOf = (id: string) => {
      const { DependsOn = [], Properties } = resources[id]!
      return [...[DependsOn].flat(), ...referencesIn(Properties)]
    }
    const builtIn = this.#providersOfBuiltIns(Object.values(resources))
    for (const logicalId of inDependencyOrder(Object.keys(resources), dependenciesOf, `resources of ${stackName}`)) {
      const { Type: type, Condition, Properties = {} } = resources[logicalId]!
      if (Condition !== undefined && !scope.condition(Condition)) continue
      const declared = { stackName, logicalId, type, generatedName: generatedName(stackName, logicalId) }
      const provider = builtIn.has(logicalId) ? undefined : this.#providers.get(type)
      const created = provider
        ? await this.#create(provider, declared, () => scope.resolve(Properties, ''))
        : this.#substitute(declared, builtIn.has(logicalId))
      scope.resources.set(logicalId, created)
    }
    return this.#outputs(stack, scope)
  }

  /** The functions that provide custom resources for which there is a provider. */
  #providersOfBuiltIns(resources: readonly TemplateResource[]): ReadonlySet<string> {
    const custom = resources.filter(({ Type }) => Type.startsWith('Custom::') && this.#providers.has(Type))
    return new Set(custom.flatMap(({ Properties }) => [...referencesIn(Properties?.['ServiceToken'])]))
  }

  async #create(provider: ResourceProvider, declared: Declared, resolved: () => unknown): Promise<StackResource> {
    const where = `${declared.stackName}/${declared.logicalId}`
    try {
      const properties = localize(resolved(), this.#hosts) as Record<string, any>
      const ignored = { ...ignoredProperties, ...provider.ignored }
      for (const name of Object.keys(properties))
        if (!provider.supported.includes(name) && ignored[name] === undefined)
          this.limitations.add('property', provider.type, name)
      const created = await provider.create({ ...declared, properties })
      const { attributes, uniqueName } = created
      if (attributes?.['Arn'] !== undefined) this.#requireUnused(String(attributes['Arn']), where)
      if (uniqueName !== undefined) this.#requireUnused(`${declared.type} ${uniqueName}`, where)
      for (const [domain, url] of Object.entries(created.hosts ?? {})) this.#hosts.set(domain, url)
      for (const message of created.limitations ?? []) this.limitations.add('message', message, where)
      return created
    } catch (error) {
      // A bug in the emulation itself: keep its stack trace.
      if (error instanceof TypeError || error instanceof ReferenceError) throw error
      throw new AssemblyError(`${where} (${provider.type}): ${(error as Error).message}`, { cause: error })
    }
  }

  #requireUnused(identity: string, where: string): void {
    const owner = this.#owners.get(identity)
    if (owner !== undefined) throw new Error(`${owner} has the same name (${identity}).`)
    this.#owners.set(identity, where)
  }

  /** A resource that is not emulated has a name, so that others can reference it. */
  #substitute({ type, stackName, logicalId, generatedName: name }: Declared, isBuiltIn: boolean): StackResource {
    const reason = notEmulatedTypes[type]
    if (reason) this.limitations.add('notEmulated', reason, type)
    else if (!isBuiltIn && !ignoredTypes.has(type)) this.limitations.add('type', type, `${stackName}/${logicalId}`)
    return { ...placeholder(type, name), notEmulated: type }
  }

  /** An output that references something not emulated is omitted and reported; importing it fails with the reason. */
  #outputs({ name: stackName, template }: Stack, scope: StackScope): Record<string, unknown> {
    const outputs: Record<string, unknown> = {}
    for (const [name, output] of Object.entries(template.Outputs ?? {})) {
      if (output.Condition !== undefined && !scope.condition(output.Condition)) continue
      const path = `/Outputs/${name}`
      const exportAs = (exported: Exported) =>
        output.Export && this.#export(String(scope.resolve(output.Export.Name, path)), exported)
      try {
        outputs[name] = localize(scope.resolve(output.Value, path), this.#hosts)
        exportAs({ value: outputs[name] })
      } catch (error) {
        if (!(error instanceof AssemblyError)) throw error
        exportAs({ missing: error.message })
        this.limitations.add('message', `The output is omitted: ${error.message}`, stackName)
      }
    }
    return outputs
  }

  #export(name: string, exported: Exported): void {
    if (this.#exports.has(name)) throw new AssemblyError(`Two outputs have the export name ${name}.`)
    this.#exports.set(name, exported)
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
export function localize(value: unknown, hosts: ReadonlyMap<string, string>): unknown {
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
