import * as z from 'zod'

/** One line without values, since a malformed event may contain personal data. */
export function problemText(error: unknown): string {
  if (error instanceof z.ZodError)
    return `not an event: ${error.issues.map(({ path, code }) => `${path.join('.') || 'it'} (${code})`).join(', ')}`
  return String(error instanceof Error ? error.message : error).split('\n')[0]!
}
