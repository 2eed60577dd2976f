/**
 * The stacks whose deployment found nothing to change, and those that it changed, as the CDK command line tells them:
 * ` ✅  NAME (no changes)` or ` ✅  NAME`.
 */
export function deployedStacks(output: string): { readonly unchanged: string[]; readonly changed: string[] } {
  const lines = [...output.matchAll(/✅ +([\w-]+)( \(no changes\))?[ \t]*$/gm)]
  const named = (unchanged: boolean) =>
    lines.filter((line) => (line[2] !== undefined) === unchanged).map((line) => line[1]!)
  return { unchanged: named(true), changed: named(false) }
}

/** The stacks that `destroy` says it has removed. */
export const destroyedStacks = (output: string): string[] =>
  [...output.matchAll(/✅ +([\w-]+): destroyed/g)].map((line) => line[1]!)
