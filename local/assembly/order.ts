import { AssemblyError } from './assembly-error.ts'

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
