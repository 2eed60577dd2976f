import { accountId, partition, region, type CreatedResource } from './provider.ts'
import { AssemblyError, getAttParts, subVariable, type Stack } from './template.ts'

/** A created resource, or one of the type `notEmulated`, which has only a name. */
export type StackResource = CreatedResource & { readonly notEmulated?: string }

/** The value of an export, or why it has none. */
export type Exported = { readonly value: unknown } | { readonly missing: string }

/** A property that resolves to this is removed. */
const noValue = Symbol('AWS::NoValue')

/** Resolves the intrinsic functions of one stack, to which resources are added as they are created. */
export class StackScope {
  readonly resources = new Map<string, StackResource>()
  readonly #stack: Stack
  readonly #exports: ReadonlyMap<string, Exported>
  readonly #pseudoParameters: ReadonlyMap<string, unknown>

  /** @param exports of the stacks before this one */
  constructor(stack: Stack, exports: ReadonlyMap<string, Exported>) {
    this.#stack = stack
    this.#exports = exports
    this.#pseudoParameters = new Map<string, unknown>([
      ['AWS::AccountId', accountId],
      ['AWS::Region', region],
      ['AWS::Partition', partition],
      ['AWS::URLSuffix', 'amazonaws.com'],
      ['AWS::StackName', stack.name],
      ['AWS::StackId', `arn:${partition}:cloudformation:${region}:${accountId}:stack/${stack.name}/local`],
      ['AWS::NoValue', noValue],
    ])
  }

  /** Replaces every intrinsic function in a value. @throws AssemblyError with the path of what cannot be resolved */
  resolve(value: unknown, path: string): unknown {
    if (Array.isArray(value)) {
      return value.map((item, index) => this.resolve(item, `${path}/${index}`)).filter((item) => item !== noValue)
    }
    if (typeof value === 'string') {
      const dynamic = /\{\{resolve:[\w-]+:[^}]*\}\}/.exec(value)
      if (dynamic) throw new AssemblyError(`${path || '/'}: the dynamic reference ${dynamic[0]} is not supported.`)
      return value
    }
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value)
    const [name = '', argument] = entries[0] ?? []
    if (entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'))) return this.#located(name, argument, path)
    const resolved = entries.map(([key, inner]) => [key, this.resolve(inner, `${path}/${key}`)] as const)
    return Object.fromEntries(resolved.filter(([, inner]) => inner !== noValue))
  }

  /** @throws AssemblyError for a condition that the template does not have */
  condition(name: string): boolean {
    const declared = this.#template.Conditions?.[name]
    if (declared === undefined) throw new AssemblyError(`${this.#stack.name} has no condition ${name}.`)
    return this.#isTrue(declared, `/Conditions/${name}`)
  }

  get #template() {
    return this.#stack.template
  }

  /** The value of a function; an error begins with the path of the innermost one that fails. */
  #located(name: string, argument: any, path: string): unknown {
    try {
      return this.#call(name, argument, path)
    } catch (error) {
      if (!(error instanceof AssemblyError) || error.message.startsWith('/')) throw error
      throw new AssemblyError(`${path || '/'}: ${error.message}`, { cause: error })
    }
  }

  #call(name: string, argument: any, path: string): unknown {
    const items = () => list(this.resolve(argument, path))
    switch (name) {
      case 'Ref':
        return this.#ref(argument)
      case 'Fn::GetAtt': {
        const [logicalId, attribute] = getAttParts(argument)
        return this.#attribute(logicalId, text(this.resolve(attribute, path)))
      }
      case 'Fn::ImportValue':
        return this.#importValue(text(this.resolve(argument, path)))
      case 'Fn::Join': {
        const [separator, parts] = items()
        return list(parts).map(text).join(String(separator))
      }
      case 'Fn::Split': {
        const [separator, whole] = items()
        return text(whole).split(String(separator))
      }
      case 'Fn::Select': {
        const [index, values] = items()
        const value = list(values)[Number(index)]
        if (value === undefined) throw new AssemblyError(`Fn::Select: there is no item ${String(index)}.`)
        return value
      }
      case 'Fn::Sub':
        return this.#substitute(argument, path)
      case 'Fn::FindInMap': {
        const [map, topLevel, secondLevel] = items().map(text)
        const value = this.#template.Mappings?.[map!]?.[topLevel!]?.[secondLevel!]
        if (value !== undefined) return value
        throw new AssemblyError(
          `The mappings of ${this.#stack.name} have no value for ${map}/${topLevel}/${secondLevel}.`,
        )
      }
      case 'Fn::If': {
        const [condition, whenTrue, whenFalse] = list(argument)
        return this.resolve(this.condition(text(condition)) ? whenTrue : whenFalse, path)
      }
      default:
        throw new AssemblyError(`the function ${name} is not supported.`)
    }
  }

  /** A resource, parameter or pseudo parameter. */
  #ref(name: string): unknown {
    const known = this.resources.get(name)?.ref ?? this.#pseudoParameters.get(name)
    if (known !== undefined) return known
    const parameter = this.#template.Parameters?.[name]
    if (!parameter) throw new AssemblyError(`${this.#stack.name} has no resource or parameter ${name}.`)
    if (parameter.Default === undefined)
      throw new AssemblyError(`The parameter ${name} of ${this.#stack.name} has no default.`)
    if (/^(AWS::SSM::|List<|CommaDelimitedList)/.test(parameter.Type))
      throw new AssemblyError(`The type of the parameter ${name} (${parameter.Type}) is not emulated.`)
    return parameter.Default
  }

  #attribute(logicalId: string, name: string): unknown {
    const resource = this.resources.get(logicalId)
    if (!resource) throw new AssemblyError(`${this.#stack.name} has no resource ${logicalId}.`)
    const value = resource.attributes?.[name]
    if (value !== undefined) return value
    if (resource.notEmulated)
      throw new AssemblyError(`${logicalId} (${resource.notEmulated}) is not emulated: it has no ${name}.`)
    throw new AssemblyError(`The emulation of ${logicalId} has no attribute ${name}.`)
  }

  #importValue(exportName: string): unknown {
    const exported = this.#exports.get(exportName)
    if (!exported) throw new AssemblyError(`No stack exports ${exportName}.`)
    if ('missing' in exported) throw new AssemblyError(`The import ${exportName} has no value: ${exported.missing}`)
    return exported.value
  }

  #substitute(argument: unknown, path: string): string {
    const [template, variables = {}] = Array.isArray(argument) ? argument : [argument]
    const known = this.resolve(variables, path) as Record<string, unknown>
    return String(template).replace(subVariable, (_, literal: string, name: string) => {
      if (literal) return `\${${name}}`
      if (Object.hasOwn(known, name)) return text(known[name])
      const [logicalId, attribute] = getAttParts(name)
      return text(attribute === '' ? this.#ref(logicalId) : this.#attribute(logicalId, String(attribute)))
    })
  }

  /** Evaluates a condition of the Conditions section, or one inside Fn::And, Fn::Or or Fn::Not. */
  #isTrue(value: unknown, path: string): boolean {
    const [name, argument] = Object.entries(value ?? {})[0] ?? []
    switch (name) {
      case 'Condition':
        return this.condition(text(argument))
      case 'Fn::Equals': {
        const [left, right] = list(this.resolve(argument, path))
        return text(left) === text(right)
      }
      case 'Fn::And':
        return list(argument).every((each) => this.#isTrue(each, path))
      case 'Fn::Or':
        return list(argument).some((each) => this.#isTrue(each, path))
      case 'Fn::Not':
        return !this.#isTrue(list(argument)[0], path)
      default:
        throw new AssemblyError(`${path}: ${name ?? 'an empty value'} is not supported in a condition.`)
    }
  }
}

/** @throws AssemblyError unless the value is a string, number or boolean */
function text(value: unknown): string {
  if (['string', 'number', 'boolean'].includes(typeof value)) return String(value)
  throw new AssemblyError(`expected a string, not ${JSON.stringify(value) ?? String(value)}.`)
}

function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  throw new AssemblyError(`expected a list, not ${JSON.stringify(value) ?? String(value)}.`)
}
