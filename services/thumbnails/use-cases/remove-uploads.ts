import { avatarFolder, avatarsFolder } from '../domain/media-key.ts'
import type { Upload } from '../domain/upload.ts'
import type { Accounts, CustomerUploads, MediaRemover, UploadRemover } from '../ports.ts'

export interface RemoveUploadsDependencies {
  readonly uploads: CustomerUploads & UploadRemover
  readonly media: Pick<MediaRemover, 'removeFolder'>
  readonly accounts: Accounts
}

const sliceSize = 100

/**
 * Removes the finished uploads of a customer that a newer avatar has replaced, and all of them after the account was deleted.
 * The images are removed before the upload, so that a repetition finds what is left.
 *
 * A pending upload stays, also of a deleted account: its file may be on its way or being processed. When it is finished,
 * its own event removes it, and otherwise it expires.
 *
 * @param readyId an upload that is known to be ready, which the list of the customer's uploads may not contain yet
 * @returns the number of removed uploads
 */
export async function removeUploads(
  { uploads, media, accounts }: RemoveUploadsDependencies,
  { ownerId, readyId }: { ownerId: string; readyId?: string | undefined },
): Promise<number> {
  const isDeleted = await accounts.isDeleted(ownerId)
  let newestReadyId = readyId
  let removed = 0
  for await (const upload of allOf(uploads, ownerId)) {
    if (upload.status === 'PENDING') continue
    const isNewer = newestReadyId === undefined || upload.uploadId >= newestReadyId
    if (upload.status === 'READY' && isNewer) newestReadyId = upload.uploadId
    if (isNewer && !isDeleted) continue
    await media.removeFolder(avatarFolder(ownerId, upload.uploadId))
    await uploads.remove(upload.uploadId)
    removed += 1
  }
  if (isDeleted) {
    await media.removeFolder(avatarsFolder(ownerId))
    if (readyId !== undefined) await uploads.remove(readyId)
  }
  return removed
}

/** Newest first. */
async function* allOf(uploads: CustomerUploads, ownerId: string): AsyncGenerator<Upload> {
  let after: string | undefined
  do {
    const slice = await uploads.ofCustomer(ownerId, { size: sliceSize, after })
    yield* slice.uploads
    after = slice.after
  } while (after !== undefined)
}
