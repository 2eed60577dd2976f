import type { Cause } from '#shared/events/envelope.ts'
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
  readonly cause: Cause
}

/** Stores the upload before its form can be used: an object that arrives always has its upload. */
export const createUploadUseCase =
  ({ uploads, forms, newUploadId, now }: CreateUploadDependencies) =>
  async (command: CreateUploadCommand): Promise<UploadForm & { uploadId: string }> => {
    const time = now()
    const uploadId = newUploadId(time)
    await uploads.create(createUpload({ uploadId, ...command }, time))
    return { uploadId, ...(await forms.sign({ uploadId, contentType: command.contentType })) }
  }
