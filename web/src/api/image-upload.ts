import type { ResponseBody, Upload } from './types.ts'
import { responseTimeoutMs } from '../config.ts'
import { ApiFailure, noResponse } from './failure.ts'

export const imageTypes = ['image/jpeg', 'image/png', 'image/webp'] as const
type ImageType = (typeof imageTypes)[number]

const maxImageBytes = 15 * 1024 * 1024

const isImageType = (type: string): type is ImageType => (imageTypes as readonly string[]).includes(type)

type RejectionReason = NonNullable<Upload['reason']>

/** What to do about a rejected image. */
export const rejectionTexts = {
  'unsupported-type': 'The file is no JPEG, PNG or WebP image. Save it in one of these formats, then try again.',
  'too-many-bytes': 'The file is larger than 15 MB. Make it smaller, then try again.',
  'too-many-pixels': 'The image has too many pixels. Make it smaller, for example 4,000 pixels wide, then try again.',
  corrupt: 'The file cannot be read as an image. It may be damaged: export it again, or choose another one.',
} as const satisfies Record<RejectionReason, string>

/** What is known before the upload: the type that the file's name suggests, and its size. */
export function checkImage({ type, size }: Pick<File, 'type' | 'size'>): ImageType | RejectionReason {
  if (!isImageType(type)) return 'unsupported-type'
  if (size > maxImageBytes) return 'too-many-bytes'
  return size === 0 ? 'corrupt' : type
}

export const isRejection = (outcome: ImageType | RejectionReason): outcome is RejectionReason =>
  Object.hasOwn(rejectionTexts, outcome)

/**
 * Sends a file to a presigned form, by XMLHttpRequest, since `fetch` reports no progress of an upload. It may take as long as
 * it needs, but ends when nothing of it was sent for as long as other requests may take.
 * @param onProgress the part that was sent, from 0 to 1
 * @throws ApiFailure when the bucket rejects the file or cannot be reached
 */
function sendFile(
  { url, fields }: Pick<ResponseBody<'/uploads', 'post', 201>, 'url' | 'fields'>,
  file: File,
  onProgress: (part: number) => void,
): Promise<void> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  // The bucket ignores fields after the file.
  form.append('file', file)
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    let timer: ReturnType<typeof setTimeout>
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(() => request.abort(), responseTimeoutMs)
    }
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      wait()
      onProgress(total > 0 ? loaded / total : 0)
    })
    request.addEventListener('loadend', () => clearTimeout(timer))
    request.addEventListener('load', () => {
      if (request.status < 300) resolve()
      else reject(new ApiFailure(request.status, { detail: 'The file was not accepted.' }))
    })
    request.addEventListener('error', () => reject(noResponse()))
    request.addEventListener('abort', () => reject(noResponse('timeout')))
    request.open('POST', url)
    request.send(form)
    wait()
  })
}

export type UploadStep = { readonly kind: 'sending'; readonly part: number } | { readonly kind: 'processing' }

export type UploadOutcome = Pick<Upload, 'status' | 'thumbnails' | 'reason'>

const pollMs = 700
/** An upload without an outcome by then has none: one whose file was never reported stays PENDING. */
const maxPolls = 90

/** The uploads of files that were sent and may still have an outcome: a retry waits for the same one. */
const sentUploads = new WeakMap<File, string>()

/**
 * Uploads an image, and waits until it was made into thumbnails, or rejected.
 * @param options.start requests the form @param options.read reads the upload
 * @throws ApiFailure
 */
export async function uploadImage({
  file,
  start,
  read,
  onStep,
}: {
  readonly file: File
  readonly start: (contentType: ImageType) => Promise<ResponseBody<'/uploads', 'post', 201>>
  readonly read: (uploadId: string) => Promise<UploadOutcome>
  readonly onStep: (step: UploadStep) => void
}): Promise<UploadOutcome> {
  const contentType = checkImage(file)
  if (isRejection(contentType)) return { status: 'REJECTED', reason: contentType }
  let uploadId = sentUploads.get(file)
  if (uploadId === undefined) {
    onStep({ kind: 'sending', part: 0 })
    const form = await start(contentType)
    await sendFile(form, file, (part) => onStep({ kind: 'sending', part }))
    uploadId = form.uploadId
    sentUploads.set(file, uploadId)
  }
  onStep({ kind: 'processing' })
  for (let poll = 0; poll < maxPolls; poll += 1) {
    const current = await read(uploadId)
    if (current.status !== 'PENDING') {
      sentUploads.delete(file)
      return current
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  sentUploads.delete(file)
  throw new ApiFailure(503, {})
}
