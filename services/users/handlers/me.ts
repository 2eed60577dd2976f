import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { accountDeletedProblem } from '#shared/http/existing-account.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import type { MediaLinks, StoredProfile } from '../ports.ts'
import * as routes from '../routes.ts'
import { deleteAccount, type DeleteAccountDependencies } from '../use-cases/delete-account.ts'
import { ownProfile, type OwnProfileDependencies } from '../use-cases/own-profile.ts'

export type MeDependencies = Omit<OwnProfileDependencies, 'onStale'> & { readonly links: MediaLinks }

export const getMeHandler = (dependencies: MeDependencies) =>
  apiHandler(routes.getMe, async (request) => {
    const profile = await ownProfile({ ...dependencies, onStale }, request)
    return profile ? found(profile, dependencies.links) : absent
  })

/** The response is read after the change, since other requests may change other fields at the same time. */
export const patchMeHandler = (dependencies: MeDependencies) =>
  apiHandler(routes.patchMe, async (request) => {
    const { profiles, links } = dependencies
    if (!(await ownProfile({ ...dependencies, onStale }, request))) return absent
    const outcome = await profiles.change(request.userId, request.body)
    const profile = outcome === 'changed' ? await profiles.find(request.userId) : undefined
    return profile ? found(profile, links) : absent
  })

/** The rest follows from the event: 202. */
export const deleteMeHandler = (dependencies: DeleteAccountDependencies) =>
  apiHandler(routes.deleteMe, async (request) =>
    (await deleteAccount(dependencies, request)) === 'removed' ? { status: 202 } : absent,
  )

const onStale = (error: unknown) => logger.warn('The account could not be read', { error: error as Error })

async function found({ avatar, ...profile }: StoredProfile, links: MediaLinks): Promise<ApiReply> {
  const view = avatar && {
    uploadId: avatar.uploadId,
    thumbnails: await Promise.all(
      avatar.thumbnails.map(async ({ key, ...image }) => ({ url: await links.urlOf(key), ...image })),
    ),
  }
  const body = routes.Me.parse({ ...profile, avatar: view })
  return { status: 200, headers: { 'cache-control': 'private, no-store' }, body }
}

const absent: ApiReply = { problem: accountDeletedProblem }
