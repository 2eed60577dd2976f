import { AssemblyError } from './assembly-error.ts'

/**
 * Puts names after those that they depend on, otherwise in the given order.
 *
 * @param dependenciesOf names that are not in `names` are passed over
 * @throws AssemblyError that shows the way round a cycle
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
