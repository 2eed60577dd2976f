import type { EventOf } from '#shared/events/envelope.ts'
import type { RateLimited } from '#shared/rate-limit.ts'
import type { Result } from '#shared/result.ts'
import type { Size, Thumbnail } from './domain/thumbnail.ts'
import type { PendingUpload, RejectionReason, Settled, Upload, UploadType } from './domain/upload.ts'
import type { ThumbnailsReady, UploadRejected } from './events.ts'

export interface UploadReader {
  find(uploadId: string): Promise<Upload | undefined>
}

export interface UploadWriter {
  /** Creating the same upload again has no effect. @throws when another upload has the id */
  create(upload: PendingUpload): Promise<void>
}

export interface UploadSlice {
  /** At most 100. */
  readonly size: number
  /** The id of the last upload of the previous slice. */
  readonly after?: string | undefined
}

/** A customer's uploads, which are all of avatars. */
export interface CustomerUploads {
  /**
   * Newest first. An upload that was created just before may be missing.
   * @returns `after` of the next slice, if there is one
   */
  ofCustomer(ownerId: string, slice: UploadSlice): Promise<{ uploads: Upload[]; after?: string }>
}

export interface UploadRemover {
  /** Removing an absent upload is not an error. */
  remove(uploadId: string): Promise<void>
}

export interface UploadSettler {
  /** Stores the outcome of a pending upload with its event, unless it is settled already or absent. */
  settle(
    upload: Settled,
    event: EventOf<typeof ThumbnailsReady> | EventOf<typeof UploadRejected>,
  ): Promise<'settled' | 'already-settled'>
}

export interface UploadRates {
  /** Counts an upload of the user, unless as many as `limitPerMinute` were created in this minute. */
  count(userId: string, time: Date, limitPerMinute: number): Promise<Result<undefined, RateLimited>>
}

/** A presigned POST. The fields precede the file in the form. */
export interface UploadForm {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}

export interface UploadForms {
  /** A form for one key and one type, 1 byte to `maxUploadBytes`, valid for ten minutes. */
  sign(upload: { uploadId: string; contentType: UploadType }): Promise<UploadForm>
}

export interface Products {
  /** Undefined when there is no such product. */
  skuOf(productId: string): Promise<string | undefined>
}

export type Original =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  /** The content was not read. */
  | { readonly kind: 'too-large'; readonly sizeBytes: number }
  | { readonly kind: 'absent' }

/** The upload bucket. */
export interface Originals {
  read(key: string, limits: { maxBytes: number }): Promise<Original>
  /** Removing an absent object is not an error. */
  remove(key: string): Promise<void>
}

/** The media bucket. */
export interface Media {
  put(image: { key: string; bytes: Uint8Array; contentType: string }): Promise<void>
}

export interface MediaRemover {
  /** Removing an absent image is not an error. */
  remove(key: string): Promise<void>
  /** Removes all images whose keys begin with `folder`, which ends with a slash, except those with a key in `kept`. */
  removeFolder(folder: string, kept?: readonly string[]): Promise<void>
}

/** The customers, which users owns. */
export interface Accounts {
  isDeleted(userId: string): Promise<boolean>
}

export interface MediaLinks {
  /** The URL of a thumbnail. That of a private one expires after five minutes. */
  urlOf(key: string): Promise<string>
}

export type MadeImage = Size & { readonly bytes: Uint8Array; readonly contentType: Thumbnail['contentType'] }

export interface MadeThumbnails {
  /** Of the upright original. */
  readonly original: Size
  /** The square first, then the wide ones from small to large. */
  readonly images: readonly MadeImage[]
}

export interface ThumbnailMaker {
  make(bytes: Uint8Array): Promise<Result<MadeThumbnails, RejectionReason>>
}
