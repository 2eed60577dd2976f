import * as z from 'zod'
import { daySeconds } from '#shared/days.ts'
import type { Cause } from '#shared/events/envelope.ts'
import { Thumbnail } from './thumbnail.ts'

/** The format of `newId('upl', …)`. */
export const uploadIdPattern = /^upl_[0-9A-HJKMNP-TV-Z]{26}$/

/** The types that a form accepts. The content is checked when it arrives. */
export const uploadTypes = ['image/jpeg', 'image/png', 'image/webp'] as const
export type UploadType = (typeof uploadTypes)[number]

export const maxUploadBytes = 15 * 1024 * 1024

export const formLifetimeSeconds = 10 * 60

/** A pending upload outlives every message about it, so that a message from the dead-letter queue can be redriven. */
export const pendingLifetimeSeconds = 15 * daySeconds

export const rejectionReasons = ['unsupported-type', 'too-many-bytes', 'too-many-pixels', 'corrupt'] as const
export type RejectionReason = (typeof rejectionReasons)[number]

/** The subject of an image, and the user who uploads it. */
export const Subject = z.discriminatedUnion('purpose', [
  z.object({ purpose: z.literal('avatar'), ownerId: z.string() }),
  z.object({ purpose: z.literal('product-image'), ownerId: z.string(), productId: z.string(), sku: z.string() }),
])
export type Subject = z.infer<typeof Subject>

const Progress = z.discriminatedUnion('status', [
  z.object({ status: z.literal('PENDING'), expiresAt: z.int() }),
  z.object({ status: z.literal('READY'), thumbnails: z.array(Thumbnail).min(1) }),
  z.object({ status: z.literal('REJECTED'), reason: z.enum(rejectionReasons) }),
])

/** An upload. Its correlation id and trace are those of the request that created it, for the events that follow. */
export const Upload = z
  .object({
    uploadId: z.string(),
    contentType: z.enum(uploadTypes),
    version: z.int().min(1),
    createdAt: z.iso.datetime(),
    correlationId: z.string(),
    traceparent: z.string().optional(),
  })
  .and(Subject)
  .and(Progress)
export type Upload = z.infer<typeof Upload>
export type PendingUpload = Extract<Upload, { status: 'PENDING' }>

export function createUpload(
  about: {
    uploadId: string
    subject: Subject
    contentType: UploadType
    cause: Pick<Cause, 'correlationId' | 'traceparent'>
  },
  time: Date,
): PendingUpload {
  const { uploadId, subject, contentType, cause } = about
  const { correlationId, traceparent } = cause
  return {
    uploadId,
    ...subject,
    contentType,
    status: 'PENDING',
    version: 1,
    createdAt: time.toISOString(),
    expiresAt: seconds(time) + pendingLifetimeSeconds,
    correlationId,
    ...(traceparent === undefined ? {} : { traceparent }),
  }
}

export type Verdict =
  | { readonly status: 'READY'; readonly thumbnails: Thumbnail[] }
  | { readonly status: 'REJECTED'; readonly reason: RejectionReason }

export type Settled = Exclude<Upload, { status: 'PENDING' }>

export function settle(upload: PendingUpload, verdict: Verdict): Settled {
  const { expiresAt: _, status: _pending, ...rest } = upload
  return { ...rest, ...verdict, version: upload.version + 1 }
}

/** DynamoDB deletes expired items days late, so readers compare the time. */
export const isExpired = (upload: Upload, now: Date): boolean =>
  upload.status === 'PENDING' && upload.expiresAt <= seconds(now)

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000)

export const subjectOf = (upload: Upload): Subject => Subject.parse(upload)
