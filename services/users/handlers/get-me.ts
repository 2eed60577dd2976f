import { apiHandler } from '#shared/http/api-handler.ts'
import { commonProblems, problem } from '#shared/http/problem.ts'
import type { Profiles } from '../ports.ts'
import * as routes from '../routes.ts'

export const getMeHandler = (profiles: Profiles) =>
  apiHandler(routes.getMe, async ({ userId }) => {
    const profile = await profiles.find(userId)
    if (!profile) return { problem: problem(commonProblems, 'not-found', 'You have no profile yet.') }
    return { status: 200, headers: { 'cache-control': 'private, no-store' }, body: routes.Me.parse(profile) }
  })
