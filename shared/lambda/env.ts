import type * as z from 'zod'

/**
 * The environment of a function, parsed once at its start. A missing or malformed variable stops the function
 * there, by name, instead of failing its first request in some other way.
 */
export function readEnv<Schema extends z.ZodType>(schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(process.env)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The environment of this function is incomplete: ${problems.join('; ')}`)
}
