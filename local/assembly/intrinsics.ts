import { accountId, partition, region, type CreatedResource } from './provider.ts'
import { getAttParts, subVariable } from './references.ts'
import { AssemblyError, type Stack, type Template } from './template.ts'

/** A created resource, or one of the type `notEmulated`, which has only a name. */
export type StackResource = CreatedResource & { readonly notEmulated?: string }

/** The value of an export, or why it has none. */
export type Exported = { readonly value: unknown } | { readonly missing: string }

/**
 * Resolves the intrinsic functions of one stack, to which resources are added as they are created. The methods throw
 * AssemblyError for an unknown name.
 */
export class StackScope {
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

  /** Replaces every intrinsic function in a value. @throws AssemblyError with the path of what cannot be resolved */
  resolve(value: unknown, path: string): unknown {
    return resolve(value, this, path)
  }

  /** A resource, parameter or pseudo parameter; {@link noValue} for AWS::NoValue. */
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
      case 'AWS::NoValue':
        return noValue
      default:
        throw new AssemblyError(`There is no pseudo parameter ${name}.`)
    }
  }
}

/** A property that resolves to this is removed. */
const noValue = Symbol('AWS::NoValue')

function resolve(value: unknown, scope: StackScope, path: string): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => resolve(item, scope, `${path}/${index}`)).filter((item) => item !== noValue)
  }
  if (typeof value === 'string') return staticText(value, path)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
  const [name, argument] = entries[0] ?? []
  if (entries.length === 1 && isIntrinsic(name!)) return call(name!, argument, scope, path)
  const resolved = entries.map(([key, inner]) => [key, resolve(inner, scope, `${path}/${key}`)] as const)
  return Object.fromEntries(resolved.filter(([, inner]) => inner !== noValue))
}

/** `Condition` is a function only inside conditions: elsewhere (in IAM policies) it is a plain key. */
const isIntrinsic = (name: string) => name === 'Ref' || name.startsWith('Fn::')

function call(name: string, argument: unknown, scope: StackScope, path: string): unknown {
  const intrinsic = intrinsics[name]
  if (!intrinsic) throw new AssemblyError(`${path}: the function ${name} is not supported.`)
  try {
    return intrinsic(argument, scope, path)
  } catch (error) {
    if (!(error instanceof AssemblyError) || error.message.startsWith('/')) throw error
    throw new AssemblyError(`${path || '/'}: ${error.message}`, { cause: error })
  }
}

type Intrinsic = (argument: any, scope: StackScope, path: string) => unknown

const intrinsics: Readonly<Record<string, Intrinsic>> = {
  Ref: (name, scope) => scope.ref(name),
  'Fn::GetAtt': (argument, scope, path) => {
    const [logicalId, attribute] = getAttParts(argument)
    return scope.attribute(logicalId, text(resolve(attribute, scope, path)))
  },
  'Fn::ImportValue': (argument, scope, path) => scope.importValue(text(resolve(argument, scope, path))),
  'Fn::Join': (argument, scope, path) => {
    const [separator, items] = list(resolve(argument, scope, path))
    return list(items).map(text).join(String(separator))
  },
  'Fn::Split': (argument, scope, path) => {
    const [separator, whole] = list(resolve(argument, scope, path))
    return text(whole).split(String(separator))
  },
  'Fn::Select': (argument, scope, path) => {
    const [index, items] = list(resolve(argument, scope, path))
    const item = list(items)[Number(index)]
    if (item === undefined) throw new AssemblyError(`Fn::Select: there is no item ${String(index)}.`)
    return item
  },
  'Fn::Sub': substitute,
  'Fn::FindInMap': (argument, scope, path) => {
    const [map, topLevel, secondLevel] = list(resolve(argument, scope, path)).map(text)
    return scope.mapping(map!, topLevel!, secondLevel!)
  },
  'Fn::If': (argument, scope, path) => {
    const [condition, whenTrue, whenFalse] = list(argument)
    return resolve(scope.condition(text(condition)) ? whenTrue : whenFalse, scope, path)
  },
}

function substitute(argument: unknown, scope: StackScope, path: string): string {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}]
  const known = resolve(variables ?? {}, scope, path) as Record<string, unknown>
  return String(template).replace(subVariable, (_, literal: string, name: string) => {
    if (literal) return `\${${name}}`
    if (Object.hasOwn(known, name)) return text(known[name])
    const [logicalId, attribute] = getAttParts(name)
    return text(attribute === '' ? scope.ref(logicalId) : scope.attribute(logicalId, String(attribute)))
  })
}

/** @throws AssemblyError for a dynamic reference such as `{{resolve:ssm:…}}` */
function staticText(value: string, path: string): string {
  const dynamic = /\{\{resolve:([\w-]+):[^}]*\}\}/.exec(value)
  if (dynamic) throw new AssemblyError(`${path || '/'}: the dynamic reference ${dynamic[0]} is not supported.`)
  return value
}

/** @throws AssemblyError unless the value is a string, number or boolean */
function text(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  throw new AssemblyError(`expected a string, not ${JSON.stringify(value) ?? String(value)}.`)
}

function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  throw new AssemblyError(`expected a list, not ${JSON.stringify(value) ?? String(value)}.`)
}

/** Evaluates a condition of the Conditions section, or one inside Fn::And, Fn::Or or Fn::Not. */
function evaluateCondition(value: unknown, scope: StackScope, path: string): boolean {
  const [name, argument] = Object.entries(value ?? {})[0] ?? []
  switch (name) {
    case 'Condition':
      return scope.condition(text(argument))
    case 'Fn::Equals': {
      const [left, right] = list(resolve(argument, scope, path))
      return text(left) === text(right)
    }
    case 'Fn::And':
      return list(argument).every((each) => evaluateCondition(each, scope, path))
    case 'Fn::Or':
      return list(argument).some((each) => evaluateCondition(each, scope, path))
    case 'Fn::Not':
      return !evaluateCondition(list(argument)[0], scope, path)
    default:
      throw new AssemblyError(`${path}: ${name ?? 'an empty value'} is not supported in a condition.`)
  }
}
