import { createUpload, type Subject, type UploadType } from '../domain/upload.ts'
import type { UploadForm, UploadForms, UploadWriter } from '../ports.ts'

export interface CreateUploadDependencies {
  readonly uploads: UploadWriter
  readonly forms: UploadForms
  readonly newUploadId: (time: Date) => string
  readonly now: () => Date
}

export interface CreateUploadCommand {
  readonly subject: Subject
  readonly contentType: UploadType
  readonly correlationId: string
  readonly traceparent: string | undefined
}

/** Writes the upload before its form can be used, so that nothing arrives for an upload that nobody knows. */
export const createUploadUseCase =
  ({ uploads, forms, newUploadId, now }: CreateUploadDependencies) =>
  async (command: CreateUploadCommand): Promise<UploadForm & { uploadId: string }> => {
    const time = now()
    const uploadId = newUploadId(time)
    await uploads.create(createUpload({ uploadId, ...command }, time))
    return { uploadId, ...(await forms.sign({ uploadId, contentType: command.contentType })) }
  }
