import * as z from 'zod'

/**
 * Parses the environment of a function, once at init.
 * @throws Error that names each missing or malformed variable
 */
export function readEnv<Schema extends z.ZodType>(schema: Schema): z.infer<Schema> {
  const parsed = schema.safeParse(process.env)
  if (parsed.success) return parsed.data
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
  throw new Error(`The environment of this function is incomplete: ${problems.join('; ')}`)
}

/** Names in one variable, separated by commas. */
export const nameList = z
  .string()
  .min(1)
  .transform((names) => names.split(','))
