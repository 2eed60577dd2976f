import * as z from 'zod'

/** An OpenID Connect issuer whose tokens are taken. */
export const Issuer = z.strictObject({
  /** Exactly as in the token's `iss`. */
  issuer: z.url(),
  /** One of these must be the token's `client_id`, or among its `aud`. */
  clientIds: z.array(z.string().min(1)).min(1),
  /** Where the token names the user's groups: `cognito:groups`. */
  groupsClaim: z.string().min(1),
})
export type Issuer = z.infer<typeof Issuer>

/** The variable ISSUERS: a JSON array of issuers. */
export const IssuersJson = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text)
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' })
      return z.NEVER
    }
  })
  .pipe(z.array(Issuer).min(1))
