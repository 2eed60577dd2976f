import { createHash } from 'node:crypto'
import { createEvent, type EventOf } from '#shared/events/envelope.ts'
import { failed, type Result } from '#shared/result.ts'
import { mediaFolder, mediaKey, uploadIdOf } from '../domain/media-key.ts'
import type { Size, Thumbnail } from '../domain/thumbnail.ts'
import {
  isExpired,
  maxUploadBytes,
  settle,
  subjectOf,
  type RejectionReason,
  type Settled,
  type Upload,
  type Verdict,
} from '../domain/upload.ts'
import { ThumbnailsReady, UploadRejected } from '../events.ts'
import type {
  MadeImage,
  MadeThumbnails,
  Media,
  MediaRemover,
  Originals,
  ThumbnailMaker,
  UploadReader,
  UploadSettler,
} from '../ports.ts'

export interface MakeThumbnailsDependencies {
  readonly uploads: UploadReader & UploadSettler
  readonly originals: Originals
  readonly media: Media & Pick<MediaRemover, 'removeFolder'>
  readonly maker: ThumbnailMaker
  readonly now: () => Date
}

/** A new object in the upload bucket. */
export interface NewObject {
  readonly key: string
  /** The id of S3's Object Created event. */
  readonly eventId: string
}

export type ThumbnailsOutcome =
  | {
      readonly kind: 'ready'
      readonly original: Size
      readonly bytesIn: number
      readonly thumbnails: readonly (Size & { readonly bytes: number })[]
    }
  | { readonly kind: 'rejected'; readonly reason: RejectionReason; readonly bytesIn: number }
  /** No action: the object belongs to no upload, the upload is settled, or the object was deleted before. */
  | { readonly kind: 'no-upload' | 'already-settled' | 'absent' }

/**
 * Processes a new object. It can be repeated after any step: thumbnails are stored first, under keys that depend on their
 * content, then the upload is settled in one conditional write with its event. Then all thumbnails that the settled upload does
 * not have are deleted, since another attempt may have ended after it stored them, and the original last. A second object of a
 * settled upload is deleted.
 *
 * @param onUpload is called with the upload before the work begins
 */
export async function makeThumbnails(
  { uploads, originals, media, maker, now }: MakeThumbnailsDependencies,
  { key, eventId }: NewObject,
  onUpload: (upload: Upload) => void,
): Promise<ThumbnailsOutcome> {
  const uploadId = uploadIdOf(key)
  const upload = uploadId === undefined ? undefined : await uploads.find(uploadId)
  if (!upload || isExpired(upload, now())) {
    await originals.remove(key)
    return { kind: 'no-upload' }
  }
  onUpload(upload)
  if (upload.status !== 'PENDING') {
    await discard(media, upload, upload)
    await originals.remove(key)
    return { kind: 'already-settled' }
  }
  const original = await originals.read(key, { maxBytes: maxUploadBytes })
  if (original.kind === 'absent') return { kind: 'absent' }
  const bytesIn = original.kind === 'read' ? original.bytes.length : original.sizeBytes
  const made: Result<MadeThumbnails, RejectionReason> =
    original.kind === 'read' ? await maker.make(original.bytes) : failed('too-many-bytes')
  const verdict = made.ok
    ? await store(media, upload, made.value)
    : ({ status: 'REJECTED', reason: made.failure } as const)
  const settled = settle(upload, verdict)
  const outcome = await uploads.settle(settled, eventOf(settled, { eventId, time: now() }))
  await discard(media, upload, outcome === 'settled' ? settled : await uploads.find(upload.uploadId))
  await originals.remove(key)
  if (outcome === 'already-settled') return { kind: 'already-settled' }
  if (!made.ok) return { kind: 'rejected', reason: made.failure, bytesIn }
  const thumbnails = made.value.images.map(({ width, height, bytes }) => ({ width, height, bytes: bytes.length }))
  return { kind: 'ready', original: made.value.original, bytesIn, thumbnails }
}

async function store(media: Media, upload: Upload, { images }: MadeThumbnails): Promise<Verdict> {
  const named = images.map((image) => ({ ...image, key: mediaKey(upload.uploadId, subjectOf(upload), nameOf(image)) }))
  await Promise.all(named.map((image) => media.put(image)))
  const thumbnails: Thumbnail[] = named.map(({ key, width, height, contentType }) => ({
    key,
    width,
    height,
    contentType,
  }))
  return { status: 'READY', thumbnails }
}

/** Removes the thumbnails that the stored upload does not have: they are of another attempt, or it was removed. */
function discard(media: Pick<MediaRemover, 'removeFolder'>, upload: Upload, stored: Upload | undefined): Promise<void> {
  const kept = stored?.status === 'READY' ? stored.thumbnails.map(({ key }) => key) : []
  return media.removeFolder(mediaFolder(upload.uploadId, subjectOf(upload)), kept)
}

const nameOf = ({ bytes, width, contentType }: MadeImage) => ({
  contentHash: createHash('sha256').update(bytes).digest('hex').slice(0, 32),
  width,
  contentType,
})

function eventOf(
  upload: Settled,
  { eventId, time }: { eventId: string; time: Date },
): EventOf<typeof ThumbnailsReady> | EventOf<typeof UploadRejected> {
  const { uploadId, version, correlationId, traceparent } = upload
  const fact = {
    aggregateId: uploadId,
    aggregateVersion: version,
    time,
    cause: { correlationId, causationId: eventId, traceparent },
  }
  const about = { uploadId, ...subjectOf(upload) }
  return upload.status === 'READY'
    ? createEvent(ThumbnailsReady, { ...fact, data: { ...about, thumbnails: upload.thumbnails } })
    : createEvent(UploadRejected, { ...fact, data: { ...about, reason: upload.reason } })
}
