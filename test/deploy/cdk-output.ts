/**
 * The unchanged and the changed stacks of a deployment, parsed from the output of the CDK CLI:
 * ` ✅  NAME (no changes)` or ` ✅  NAME`.
 */
export function deployedStacks(output: string): { readonly unchanged: string[]; readonly changed: string[] } {
  const lines = [...output.matchAll(/✅ +([\w-]+)( \(no changes\))?[ \t]*$/gm)]
  const named = (unchanged: boolean) =>
    lines.filter((line) => (line[2] !== undefined) === unchanged).map((line) => line[1]!)
  return { unchanged: named(true), changed: named(false) }
}

/** The stacks that `cdk destroy` reports as destroyed. */
export const destroyedStacks = (output: string): string[] =>
  [...output.matchAll(/✅ +([\w-]+): destroyed/g)].map((line) => line[1]!)
