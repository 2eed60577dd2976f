import * as z from 'zod'
import type { Cause } from '#shared/events/envelope.ts'
import { failed, ok, type Result } from '#shared/result.ts'
import { rejectionReasons, type RejectionReason } from './rejection.ts'
import { Thumbnail } from './thumbnail.ts'

/** What `newId('upl', …)` makes. */
export const uploadIdPattern = /^upl_[0-9A-HJKMNP-TV-Z]{26}$/

/** What may be uploaded; what was sent in fact is looked at when it arrives. */
export const uploadTypes = ['image/jpeg', 'image/png', 'image/webp'] as const
export type UploadType = (typeof uploadTypes)[number]

export const maxUploadBytes = 15 * 1024 * 1024

/** How long a form can be used. */
export const formLifetimeSeconds = 10 * 60

/** An upload that nothing came for is forgotten after two days: its form is long void, its event long delivered. */
const pendingLifetimeSeconds = 2 * 24 * 60 * 60

/** Whom or what a picture shows, and who sent it. */
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

/** A picture on its way: what it is for, how it ended, and the request that everything about it follows from. */
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
  now: Date,
): PendingUpload {
  const { uploadId, subject, contentType, cause } = about
  const { correlationId, traceparent } = cause
  return {
    uploadId,
    ...subject,
    contentType,
    status: 'PENDING',
    version: 1,
    createdAt: now.toISOString(),
    expiresAt: seconds(now) + pendingLifetimeSeconds,
    correlationId,
    ...(traceparent === undefined ? {} : { traceparent }),
  }
}

export type Verdict =
  | { readonly status: 'READY'; readonly thumbnails: Thumbnail[] }
  | { readonly status: 'REJECTED'; readonly reason: RejectionReason }

export type Settled = Exclude<Upload, { status: 'PENDING' }>

/** An upload ends once: whatever came first for it stays. */
export function settle(upload: Upload, verdict: Verdict): Result<Settled, 'settled-before'> {
  if (upload.status !== 'PENDING') return failed('settled-before')
  const { expiresAt: _forgottenAt, status: _before, ...kept } = upload
  return ok({ ...kept, ...verdict, version: upload.version + 1 })
}

/** The table removes what expired some days late, so its readers look at the time themselves. */
export const isForgotten = (upload: Upload, now: Date): boolean =>
  upload.status === 'PENDING' && upload.expiresAt <= seconds(now)

const seconds = (time: Date): number => Math.floor(time.getTime() / 1000)

/** The part of an upload that tells what the picture is of. */
export const subjectOf = (upload: Upload): Subject => Subject.parse(upload)
