import * as z from 'zod'
import { defineEvent } from '#shared/events/envelope.ts'
import { Thumbnail } from './domain/thumbnail.ts'
import { rejectionReasons, Subject } from './domain/upload.ts'

const source = 'media.app'

/** The thumbnails of an upload are in the media bucket. Equal content has equal keys. */
export const ThumbnailsReady = defineEvent({
  source,
  type: 'ThumbnailsReady',
  version: 1,
  data: z.intersection(z.object({ uploadId: z.string(), thumbnails: z.array(Thumbnail).min(1) }), Subject),
})

/** The uploaded file was rejected and deleted. */
export const UploadRejected = defineEvent({
  source,
  type: 'UploadRejected',
  version: 1,
  data: z.intersection(z.object({ uploadId: z.string(), reason: z.enum(rejectionReasons) }), Subject),
})
