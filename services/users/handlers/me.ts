import { apiHandler, type ApiReply } from '#shared/http/api-handler.ts'
import { accountDeletedProblem } from '#shared/http/existing-account.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import { changed } from '../domain/profile.ts'
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

export const patchMeHandler = (dependencies: MeDependencies) =>
  apiHandler(routes.patchMe, async (request) => {
    const profile = await ownProfile({ ...dependencies, onStale }, request)
    if (!profile) return absent
    const outcome = await dependencies.profiles.change(request.userId, request.body)
    return outcome === 'changed' ? found(changed(profile, request.body), dependencies.links) : absent
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
