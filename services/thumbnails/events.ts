import * as z from 'zod'
import { defineEvent } from '#shared/events/envelope.ts'
import { rejectionReasons } from './domain/rejection.ts'
import { Thumbnail } from './domain/thumbnail.ts'
import { Subject } from './domain/upload.ts'

const source = 'media.app'

/** An upload's thumbnails stand in the media bucket; equal content always has the same keys. */
export const ThumbnailsReady = defineEvent({
  source,
  type: 'ThumbnailsReady',
  version: 1,
  data: z.intersection(z.object({ uploadId: z.string(), thumbnails: z.array(Thumbnail).min(1) }), Subject),
})

/** What came was no picture that is taken, and it is gone. */
export const UploadRejected = defineEvent({
  source,
  type: 'UploadRejected',
  version: 1,
  data: z.intersection(z.object({ uploadId: z.string(), reason: z.enum(rejectionReasons) }), Subject),
})
