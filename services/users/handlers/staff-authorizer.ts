import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda'
import { correlationIdOf } from '#shared/http/parse-request.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import type { TokenVerifier } from '../ports.ts'

export interface StaffDecision {
  readonly isAuthorized: boolean
  /** Passed to the route's function. */
  readonly context?: { readonly userId: string; readonly group: string }
}

/** API Gateway returns 401 for exactly this message, 500 for any other error, and 403 when `isAuthorized` is false. */
class Unauthorized extends Error {
  constructor() {
    super('Unauthorized')
  }
}

/**
 * The Lambda authorizer of the staff routes (payload 2.0, simple responses): an invalid token is a 401, a valid token
 * without the group a 403.
 * @throws Unauthorized · Error when an issuer's keys cannot be fetched
 */
export const staffAuthorizerHandler =
  (tokens: TokenVerifier, staffGroup: string) =>
  async (event: Pick<APIGatewayRequestAuthorizerEventV2, 'headers' | 'requestContext'>): Promise<StaffDecision> => {
    logger.setCorrelationId(correlationIdOf(event))
    const [, token] = /^Bearer (\S+)$/i.exec(event.headers?.['authorization'] ?? '') ?? []
    if (token === undefined) return reject('no bearer token')
    const verified = await tokens.verify(token)
    if (!verified.ok) return reject(verified.failure)
    const { userId, groups } = verified.value
    const isAuthorized = groups.includes(staffGroup)
    logger.info(isAuthorized ? 'Staff authorized' : 'Not staff', { user_id: userId })
    return isAuthorized ? { isAuthorized, context: { userId, group: staffGroup } } : { isAuthorized }
  }

function reject(reason: string): never {
  logger.warn('Token rejected', { reason })
  throw new Unauthorized()
}
