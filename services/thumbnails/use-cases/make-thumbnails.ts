import { createHash } from 'node:crypto'
import { createEvent, type EventOf } from '#shared/events/envelope.ts'
import type { Result } from '#shared/result.ts'
import { incomingKey, mediaKey, uploadIdOf } from '../domain/media-key.ts'
import type { RejectionReason } from '../domain/rejection.ts'
import type { Size, Thumbnail } from '../domain/thumbnail.ts'
import { isForgotten, maxUploadBytes, settle, subjectOf, type Upload, type Verdict } from '../domain/upload.ts'
import { ThumbnailsReady, UploadRejected } from '../events.ts'
import type {
  MadePicture,
  MadeThumbnails,
  Media,
  Originals,
  ThumbnailMaker,
  UploadReader,
  UploadSettler,
} from '../ports.ts'

export interface MakeThumbnailsDependencies {
  readonly uploads: UploadReader & UploadSettler
  readonly originals: Originals
  readonly media: Media
  readonly maker: ThumbnailMaker
  readonly now: () => Date
}

export interface Arrival {
  readonly key: string
  /** The id of the event that told of the object. */
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
  /** Nothing to do: no upload has this object, it ended before, or a repeat came after its end. */
  | { readonly kind: 'no-upload' | 'settled-before' | 'gone' }

/**
 * What follows from an object's arrival. It can be repeated at any point: thumbnails are written first, under names
 * that their content decides, then the upload ends in one conditional write with its event, and the original is
 * deleted last. An upload that ended takes nothing more: what comes for it is deleted.
 *
 * @param onUpload learns of the upload before the work on it begins
 */
export const makeThumbnailsUseCase =
  ({ uploads, originals, media, maker, now }: MakeThumbnailsDependencies) =>
  async ({ key, eventId }: Arrival, onUpload: (upload: Upload) => void): Promise<ThumbnailsOutcome> => {
    const uploadId = uploadIdOf(key)
    const upload = uploadId === undefined ? undefined : await uploads.find(uploadId)
    if (!upload || isForgotten(upload, now())) {
      await originals.remove(key)
      return { kind: 'no-upload' }
    }
    onUpload(upload)
    if (upload.status !== 'PENDING') {
      await originals.remove(key)
      return { kind: 'settled-before' }
    }
    const original = await originals.read(incomingKey(upload.uploadId), { maxBytes: maxUploadBytes })
    if (original.kind === 'gone') return { kind: 'gone' }
    const bytesIn = original.kind === 'read' ? original.bytes.length : original.sizeBytes
    const made: Result<MadeThumbnails, RejectionReason> =
      original.kind === 'read' ? await maker.make(original.bytes) : { ok: false, failure: 'too-many-bytes' }
    const verdict = made.ok
      ? await store(media, upload, made.value)
      : ({ status: 'REJECTED', reason: made.failure } as const)
    const outcome = await end(uploads, upload, verdict, { eventId, time: now() })
    await originals.remove(key)
    if (outcome === 'settled-before') return { kind: 'settled-before' }
    if (!made.ok) return { kind: 'rejected', reason: made.failure, bytesIn }
    const thumbnails = made.value.pictures.map(({ width, height, bytes }) => ({ width, height, bytes: bytes.length }))
    return { kind: 'ready', original: made.value.original, bytesIn, thumbnails }
  }

async function store(media: Media, upload: Upload, { pictures }: MadeThumbnails): Promise<Verdict> {
  const named = pictures.map((picture) => ({ ...picture, key: mediaKey(subjectOf(upload), nameOf(picture)) }))
  await Promise.all(named.map((picture) => media.put(picture)))
  const thumbnails: Thumbnail[] = named.map(({ key, width, height, contentType }) => ({
    key,
    width,
    height,
    contentType,
  }))
  return { status: 'READY', thumbnails }
}

const nameOf = ({ bytes, width, contentType }: MadePicture) => ({
  contentHash: createHash('sha256').update(bytes).digest('hex').slice(0, 32),
  width,
  contentType,
})

async function end(
  uploads: UploadSettler,
  upload: Upload,
  verdict: Verdict,
  { eventId, time }: { eventId: string; time: Date },
): Promise<'settled' | 'settled-before'> {
  const settled = settle(upload, verdict)
  if (!settled.ok) return settled.failure
  return uploads.settle(settled.value, eventOf(upload, verdict, { version: settled.value.version, eventId, time }))
}

function eventOf(
  upload: Upload,
  verdict: Verdict,
  { version, eventId, time }: { version: number; eventId: string; time: Date },
): EventOf<typeof ThumbnailsReady> | EventOf<typeof UploadRejected> {
  const { uploadId, correlationId, traceparent } = upload
  const fact = {
    aggregateId: uploadId,
    aggregateVersion: version,
    time,
    cause: { correlationId, causationId: eventId, traceparent },
  }
  const about = { uploadId, ...subjectOf(upload) }
  return verdict.status === 'READY'
    ? createEvent(ThumbnailsReady, { ...fact, data: { ...about, thumbnails: verdict.thumbnails } })
    : createEvent(UploadRejected, { ...fact, data: { ...about, reason: verdict.reason } })
}
