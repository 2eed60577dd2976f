/** The parts of a CloudFormation template that are read. Values are any JSON and may contain intrinsic functions. */
export interface Template {
  /** Macros; none is supported. */
  readonly Transform?: unknown
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>
  readonly Mappings?: Readonly<Record<string, Record<string, Record<string, unknown>>>>
  readonly Conditions?: Readonly<Record<string, unknown>>
  readonly Resources?: Readonly<Record<string, TemplateResource>>
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>
}

export interface TemplateResource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
  readonly DependsOn?: string | readonly string[]
  /** The name of the condition under which the resource is created. */
  readonly Condition?: string
}

interface TemplateOutput {
  readonly Value: unknown
  readonly Condition?: string
  readonly Export?: { readonly Name: unknown }
}

/** One stack of an assembly. */
export interface Stack {
  readonly name: string
  /** The names of stacks that must be deployed before this one. */
  readonly dependencies: readonly string[]
  readonly template: Template
}

/** An invalid or unsupported template; the message is for the user at the terminal. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError'
}

/** The names in Ref, Fn::GetAtt and Fn::Sub of a value at any depth: logical ids, and parameters as well. */
export function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'Ref' && typeof inner === 'string') yield inner
    else if (key === 'Fn::GetAtt') yield getAttParts(inner)[0]
    else if (key === 'Fn::Sub') {
      const text = String(Array.isArray(inner) ? inner[0] : inner)
      for (const [, literal, name] of text.matchAll(subVariable)) if (!literal) yield name!.split('.')[0]!
    }
    yield* referencesIn(inner)
  }
}

/** `["Id", "Arn"]` or `"Id.Arn"`; attribute names may contain dots. */
export function getAttParts(value: unknown): [logicalId: string, attribute: unknown] {
  if (Array.isArray(value)) return [String(value[0]), value[1]]
  const [logicalId = '', ...attribute] = String(value).split('.')
  return [logicalId, attribute.join('.')]
}

/** `${Name}` and `${Name.Attribute}`, but not `${!Literal}`. */
export const subVariable = /\$\{(!?)\s*([^}]+?)\s*\}/g

/**
 * Sorts names topologically: each after its dependencies, otherwise in the given order.
 *
 * @param dependenciesOf names that are not in `names` are ignored
 * @throws AssemblyError that shows a cycle
 */
export function inDependencyOrder(
  names: readonly string[],
  dependenciesOf: (name: string) => Iterable<string>,
  kind: string,
): string[] {
  const known = new Set(names)
  const done = new Set<string>()
  const path: string[] = []
  const visit = (name: string): void => {
    if (done.has(name)) return
    const start = path.indexOf(name)
    if (start >= 0)
      throw new AssemblyError(`The ${kind} depend on each other: ${[...path.slice(start), name].join(' → ')}.`)
    path.push(name)
    for (const dependency of dependenciesOf(name)) if (known.has(dependency)) visit(dependency)
    path.pop()
    done.add(name)
  }
  for (const name of names) visit(name)
  return [...done]
}
