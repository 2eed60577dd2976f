import { apiHandler } from '#shared/http/api-handler.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import * as routes from '../routes.ts'
import { ownProfile, type OwnProfileDependencies } from '../use-cases/own-profile.ts'

export const getMeHandler = (dependencies: Omit<OwnProfileDependencies, 'onStale'>) =>
  apiHandler(routes.getMe, async ({ userId, accessToken, cause }) => {
    const profile = await ownProfile({ ...dependencies, onStale }, { userId, accessToken, cause })
    if (!profile) return { problem: problem(commonProblems, 'not-found', 'Your account does not exist any more.') }
    return { status: 200, headers: { 'cache-control': 'private, no-store' }, body: routes.Me.parse(profile) }
  })

const onStale = (error: unknown) => logger.warn('The account could not be read', { error: error as Error })
