import { AssemblyError } from './assembly-error.ts'
import { evaluateCondition, noValue, resolve, type Scope } from './intrinsics.ts'
import { accountId, partition, region, type CreatedResource } from './provider.ts'
import type { Stack, Template } from './template.ts'

/** A created resource, or one of the type `notEmulated`, which has only a name. */
export type StackResource = CreatedResource & { readonly notEmulated?: string }

/** The value of an export, or why it has none. */
export type Exported = { readonly value: unknown } | { readonly missing: string }

/** Looks up names for one stack, to which resources are added as they are created. */
export class StackScope implements Scope {
  readonly availabilityZones = ['a', 'b', 'c'].map((zone) => `${region}${zone}`)
  readonly resources = new Map<string, StackResource>()
  readonly #name: string
  readonly #template: Template
  readonly #exports: ReadonlyMap<string, Exported>
  readonly #conditions = new Map<string, boolean | 'evaluating'>()

  /** @param exports of the stacks before this one */
  constructor(stack: Stack, exports: ReadonlyMap<string, Exported>) {
    this.#name = stack.name
    this.#template = stack.template
    this.#exports = exports
  }

  ref(name: string): unknown {
    const resource = this.resources.get(name)
    if (resource) return resource.ref
    if (name.startsWith('AWS::')) return this.#pseudoParameter(name)
    const parameter = this.#template.Parameters?.[name]
    if (!parameter) throw new AssemblyError(`${this.#name} has no resource or parameter ${name}.`)
    if (parameter.Default === undefined)
      throw new AssemblyError(`The parameter ${name} of ${this.#name} has no default.`)
    if (parameter.Type.startsWith('AWS::SSM::')) {
      throw new AssemblyError(`The parameter ${name} of ${this.#name} reads Systems Manager, which is not emulated.`)
    }
    // The default of a list parameter is comma-separated text.
    const isList = parameter.Type === 'CommaDelimitedList' || parameter.Type.startsWith('List<')
    return isList
      ? String(parameter.Default)
          .split(',')
          .map((item) => item.trim())
      : parameter.Default
  }

  attribute(logicalId: string, name: string): unknown {
    const resource = this.resources.get(logicalId)
    if (!resource) throw new AssemblyError(`${this.#name} has no resource ${logicalId}.`)
    const value = resource.attributes?.[name]
    if (value !== undefined) return value
    if (resource.notEmulated)
      throw new AssemblyError(`${logicalId} (${resource.notEmulated}) is not emulated: it has no ${name}.`)
    throw new AssemblyError(`The emulation of ${logicalId} has no attribute ${name}.`)
  }

  importValue(exportName: string): unknown {
    const exported = this.#exports.get(exportName)
    if (!exported) throw new AssemblyError(`No stack exports ${exportName}.`)
    if ('missing' in exported) throw new AssemblyError(`The import ${exportName} has no value: ${exported.missing}`)
    return exported.value
  }

  mapping(map: string, topLevel: string, secondLevel: string): unknown {
    const value = this.#template.Mappings?.[map]?.[topLevel]?.[secondLevel]
    if (value === undefined)
      throw new AssemblyError(`The mappings of ${this.#name} have no value for ${map}/${topLevel}/${secondLevel}.`)
    return value
  }

  condition(name: string): boolean {
    const known = this.#conditions.get(name)
    if (known === 'evaluating') throw new AssemblyError(`The condition ${name} of ${this.#name} depends on itself.`)
    if (known !== undefined) return known
    const declared = this.#template.Conditions?.[name]
    if (declared === undefined) throw new AssemblyError(`${this.#name} has no condition ${name}.`)
    this.#conditions.set(name, 'evaluating')
    const value = evaluateCondition(declared, this, `/Conditions/${name}`)
    this.#conditions.set(name, value)
    return value
  }

  resolve(value: unknown, path: string): unknown {
    return resolve(value, this, path)
  }

  #pseudoParameter(name: string): unknown {
    switch (name) {
      case 'AWS::AccountId':
        return accountId
      case 'AWS::Region':
        return region
      case 'AWS::Partition':
        return partition
      case 'AWS::URLSuffix':
        return 'amazonaws.com'
      case 'AWS::StackName':
        return this.#name
      case 'AWS::StackId':
        return `arn:${partition}:cloudformation:${region}:${accountId}:stack/${this.#name}/local`
      case 'AWS::NotificationARNs':
        return []
      case 'AWS::NoValue':
        return noValue
      default:
        throw new AssemblyError(`There is no pseudo parameter ${name}.`)
    }
  }
}
