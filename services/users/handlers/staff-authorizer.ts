import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda'
import { correlationIdOf } from '#shared/http/parse-request.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import type { PoolMember, PoolMembers, TokenVerifier } from '../ports.ts'

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

interface Dependencies {
  readonly tokens: TokenVerifier
  readonly members: PoolMembers
  readonly staffGroup: string
  /** Whether staff of a user pool need a second factor. Other issuers decide for themselves. */
  readonly requiresMfa: boolean
}

/**
 * The Lambda authorizer of the staff routes (payload 2.0, simple responses): an invalid token is a 401, a valid token
 * of a user who is not staff a 403. For a token of a user pool the pool decides, so that removed and disabled users lose
 * access before their token expires.
 * @throws Unauthorized · Error when an issuer's keys cannot be fetched or the user pool does not respond: a 500, which
 * unlike a 403 is not cached
 */
export const staffAuthorizerHandler =
  ({ tokens, members, staffGroup, requiresMfa }: Dependencies) =>
  async (event: Pick<APIGatewayRequestAuthorizerEventV2, 'headers' | 'requestContext'>): Promise<StaffDecision> => {
    logger.setCorrelationId(correlationIdOf(event))
    const [, token] = /^Bearer (\S+)$/i.exec(event.headers?.['authorization'] ?? '') ?? []
    if (token === undefined) return reject('no bearer token')
    const verified = await tokens.verify(token)
    if (!verified.ok) return reject(verified.failure)
    const { userId, groups, userPoolId } = verified.value
    if (!groups.includes(staffGroup)) return deny(userId, 'not in the group')
    if (userPoolId !== undefined) {
      const refusal = refusalOf(await memberOf(members, userPoolId, userId), staffGroup, requiresMfa)
      if (refusal !== undefined) return deny(userId, refusal)
    }
    logger.info('Staff authorized', { user_id: userId })
    return { isAuthorized: true, context: { userId, group: staffGroup } }
  }

/** Why the user is not staff now. */
function refusalOf(member: PoolMember | undefined, staffGroup: string, requiresMfa: boolean): string | undefined {
  if (!member) return 'deleted'
  if (!member.isEnabled) return 'disabled'
  if (!member.groups.includes(staffGroup)) return 'removed from the group'
  if (requiresMfa && !member.hasMfa) return 'no second factor'
  return undefined
}

async function memberOf(members: PoolMembers, userPoolId: string, userId: string): Promise<PoolMember | undefined> {
  try {
    return await members.find(userPoolId, userId)
  } catch (error) {
    logger.error('Access denied: the user pool did not respond', { user_id: userId, error: error as Error })
    throw error
  }
}

function deny(userId: string, reason: string): StaffDecision {
  logger.info('Not staff', { user_id: userId, reason })
  return { isAuthorized: false }
}

function reject(reason: string): never {
  logger.warn('Token rejected', { reason })
  throw new Unauthorized()
}
