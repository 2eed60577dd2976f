import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda'
import { correlationIdOf } from '#shared/http/parse-request.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import type { TokenVerifier } from '../ports.ts'

export interface StaffDecision {
  readonly isAuthorized: boolean
  /** What the routes behind it learn of the caller. */
  readonly context?: { readonly userId: string; readonly group: string }
}

/** This very message makes the gateway answer 401; any other error would be its 500, and a refusal its 403. */
class Unauthorized extends Error {
  constructor() {
    super('Unauthorized')
  }
}

/**
 * The authorizer of the staff's routes (payload 2.0, simple answers): a token that is not taken is a 401, a right
 * token without the group a 403.
 * @throws Unauthorized · any error of fetching an issuer's keys
 */
export const staffAuthorizerHandler =
  (tokens: TokenVerifier, staffGroup: string) =>
  async (event: Pick<APIGatewayRequestAuthorizerEventV2, 'headers' | 'requestContext'>): Promise<StaffDecision> => {
    logger.setCorrelationId(correlationIdOf(event))
    const [, token] = /^Bearer (\S+)$/i.exec(event.headers?.['authorization'] ?? '') ?? []
    if (token === undefined) return refuse('no bearer token')
    const verdict = await tokens.verify(token)
    if (!verdict.ok) return refuse(verdict.reason)
    const { userId, groups } = verdict.claims
    const isAuthorized = groups.includes(staffGroup)
    logger.info(isAuthorized ? 'Staff let in' : 'Not staff', { user_id: userId })
    return isAuthorized ? { isAuthorized, context: { userId, group: staffGroup } } : { isAuthorized }
  }

function refuse(reason: string): never {
  logger.warn('Token refused', { reason })
  throw new Unauthorized()
}
