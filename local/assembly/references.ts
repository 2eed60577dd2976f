import { AssemblyError, type TemplateResource } from './template.ts'

/** The names in a resource's DependsOn, Ref, Fn::GetAtt and Fn::Sub: logical ids, and parameters as well. */
export function* referencesOf(resource: TemplateResource): Generator<string> {
  yield* typeof resource.DependsOn === 'string' ? [resource.DependsOn] : (resource.DependsOn ?? [])
  yield* referencesIn(resource.Properties)
}

/** The names in a value at any depth. */
export function* referencesIn(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'Ref' && typeof inner === 'string') yield inner
    else if (key === 'Fn::GetAtt') yield getAttParts(inner)[0]
    else if (key === 'Fn::Sub') yield* substituted(inner)
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

function* substituted(value: unknown): Generator<string> {
  const text = Array.isArray(value) ? value[0] : value
  for (const [, literal, name] of String(text).matchAll(subVariable)) if (!literal) yield name!.split('.')[0]!
}

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
