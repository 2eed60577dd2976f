import { callApi, eventually, type ApiAnswer } from './api-client.ts'
import type { Deployment } from './deployment.ts'

export interface Upload {
  readonly uploadId: string
  readonly purpose: string
  readonly status: 'PENDING' | 'READY' | 'REJECTED'
  readonly thumbnails?: readonly { url: string; width: number; height: number; contentType: string }[]
  readonly reason?: string
}

/** The form of a presigned POST, as `POST /uploads` answers it. */
export interface UploadForm {
  readonly uploadId: string
  readonly url: string
  readonly fields: Readonly<Record<string, string>>
}

/** Sends the bytes as a browser's form would. */
export async function sendForm(
  form: Pick<UploadForm, 'url' | 'fields'>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const data = new FormData()
  for (const [name, value] of Object.entries(form.fields)) data.append(name, value)
  data.append('file', new Blob([bytes]), 'picture')
  return fetch(form.url, { method: 'POST', body: data })
}

/** Waits until the upload is no longer PENDING. */
export const finished = (deployment: Deployment, token: string, uploadId: string, path = '/uploads'): Promise<Upload> =>
  eventually(`upload ${uploadId} to be finished`, async () => {
    const { body }: ApiAnswer = await callApi(deployment, 'GET', `${path}/${uploadId}`, { token })
    return body.status !== 'PENDING' && body
  })
