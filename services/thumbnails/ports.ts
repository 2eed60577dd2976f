import type { EventOf } from '#shared/events/envelope.ts'
import type { Result } from '#shared/result.ts'
import type { RejectionReason } from './domain/rejection.ts'
import type { Size, Thumbnail } from './domain/thumbnail.ts'
import type { PendingUpload, Settled, Upload, UploadType } from './domain/upload.ts'
import type { ThumbnailsReady, UploadRejected } from './events.ts'

export interface UploadReader {
  find(uploadId: string): Promise<Upload | undefined>
}

export interface UploadWriter {
  create(upload: PendingUpload): Promise<void>
}

export interface UploadSettler {
  /** Ends a pending upload together with its event, unless it ended meanwhile or is gone. */
  settle(
    upload: Settled,
    event: EventOf<typeof ThumbnailsReady> | EventOf<typeof UploadRejected>,
  ): Promise<'settled' | 'settled-before'>
}

/** A presigned POST: every field goes before the file. */
export interface UploadForm {
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}

export interface UploadForms {
  /** A form for one key and one type, 1 byte to the largest upload, void after ten minutes. */
  sign(upload: { uploadId: string; contentType: UploadType }): Promise<UploadForm>
}

export interface Products {
  /** The SKU of a product that is there. */
  skuOf(productId: string): Promise<string | undefined>
}

export type Original =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  /** It was looked at from outside only. */
  | { readonly kind: 'too-large'; readonly sizeBytes: number }
  | { readonly kind: 'gone' }

/** The upload bucket. */
export interface Originals {
  read(key: string, limits: { maxBytes: number }): Promise<Original>
  /** Also of what is not there. */
  remove(key: string): Promise<void>
}

/** The media bucket. */
export interface Media {
  put(picture: { key: string; bytes: Uint8Array; contentType: string }): Promise<void>
}

export interface MediaLinks {
  /** Where a thumbnail can be fetched: for long when it is public, for five minutes when it is not. */
  urlOf(key: string): Promise<string>
}

export type MadePicture = Size & { readonly bytes: Uint8Array; readonly contentType: Thumbnail['contentType'] }

export interface MadeThumbnails {
  /** Of the upright original. */
  readonly original: Size
  /** The square first, then the wide ones from small to large. */
  readonly pictures: readonly MadePicture[]
}

export interface ThumbnailMaker {
  make(bytes: Uint8Array): Promise<Result<MadeThumbnails, RejectionReason>>
}
