import { createHash } from 'node:crypto'

/** Names of buckets and functions are no longer than this. */
const longest = 63

/** `<stack>-<logical id>`; logical ids hold no dash, so two resources never share one. A long one ends in a hash of the whole. */
export function generatedName(stackName: string, logicalId: string): string {
  const whole = `${stackName}-${logicalId}`
  if (whole.length <= longest) return whole
  const hash = createHash('sha256').update(whole).digest('hex').slice(0, 8)
  return `${whole.slice(0, longest - 9)}-${hash}`
}
