import { AssemblyError } from './assembly-error.ts'
import { getAttParts, subVariable } from './references.ts'

/** Looks up the names in one stack's intrinsic functions. The methods throw AssemblyError for an unknown name. */
export interface Scope {
  /** A resource, parameter or pseudo parameter; {@link noValue} for AWS::NoValue. */
  ref(name: string): unknown
  attribute(logicalId: string, name: string): unknown
  importValue(exportName: string): unknown
  mapping(map: string, topLevel: string, secondLevel: string): unknown
  condition(name: string): boolean
  readonly availabilityZones: readonly string[]
}

/** A property that resolves to this is removed. */
export const noValue = Symbol('AWS::NoValue')

/** Replaces every intrinsic function in a template's value. @throws AssemblyError with the path of what cannot be resolved */
export function resolve(value: unknown, scope: Scope, path = ''): unknown {
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

function call(name: string, argument: unknown, scope: Scope, path: string): unknown {
  const intrinsic = intrinsics[name]
  if (!intrinsic) throw new AssemblyError(`${path}: the function ${name} is not supported.`)
  try {
    return intrinsic(argument, scope, path)
  } catch (error) {
    if (!(error instanceof AssemblyError) || error.message.startsWith('/')) throw error
    throw new AssemblyError(`${path || '/'}: ${error.message}`, { cause: error })
  }
}

type Intrinsic = (argument: any, scope: Scope, path: string) => unknown

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
  'Fn::Base64': (argument, scope, path) => Buffer.from(text(resolve(argument, scope, path))).toString('base64'),
  'Fn::GetAZs': (_, scope) => scope.availabilityZones,
  'Fn::Length': (argument, scope, path) => list(resolve(argument, scope, path)).length,
  'Fn::ToJsonString': (argument, scope, path) => JSON.stringify(resolve(argument, scope, path)),
}

function substitute(argument: unknown, scope: Scope, path: string): string {
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
export function evaluateCondition(value: unknown, scope: Scope, path: string): boolean {
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
