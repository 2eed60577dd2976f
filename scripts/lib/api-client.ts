import { setTimeout as pause } from 'node:timers/promises'
import type { paths } from '#services/api/schema.d.ts'
import type { BodyOf, Method } from './api/responses.ts'
import type { Deployment } from './deployment.ts'

export interface ApiResponse<Body = any> {
  readonly status: number
  readonly headers: Headers
  readonly body: Body
}

export interface ApiCall {
  readonly token?: string | undefined
  readonly body?: unknown
  readonly headers?: Record<string, string>
  /** Aborts the request. */
  readonly signal?: AbortSignal
}

/** Calls the API as any client would. A string body is sent unchanged, any other value as JSON. */
export async function callApi<const M extends Method, const Path extends string>(
  deployment: Deployment,
  method: M,
  path: Path,
  call: ApiCall = {},
): Promise<ApiResponse<BodyOf<M, Path>>> {
  const headers: Record<string, string> = {
    ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...call.headers,
  }
  const body =
    call.body === undefined ? undefined : typeof call.body === 'string' ? call.body : JSON.stringify(call.body)
  const response = await fetch(`${deployment.apiUrl}${path}`, {
    method,
    headers,
    body: body ?? null,
    signal: call.signal ?? null,
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.includes('json') ?? false
  return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text }
}

/** Whether the deployment has the called route; routes of an excluded optional service do not exist. */
export const hasRoute = ({ body }: ApiResponse): boolean => body?.code !== 'route-not-found'

/** The statuses of an order on its way to the customer, in their order. */
const way = ['PLACED', 'RESERVED', 'PAID', 'SHIPPED', 'DELIVERED'] as const

/** Whether an order has come at least this far on its way to the customer. */
export const hasReached = (status: string, goal: (typeof way)[number]): boolean =>
  way.findIndex((each) => each === status) >= way.indexOf(goal)

/**
 * Repeats a call that is rejected with 429, which had no effect: after Retry-After for a customer's rate limit, and with
 * growing pauses for a throttle of the stage, whose response by API Gateway has no such header. Returns the last response.
 */
export async function whenAdmitted<Body>(
  call: () => Promise<ApiResponse<Body>>,
  retries = 6,
): Promise<ApiResponse<Body>> {
  for (let retry = 0; ; retry += 1) {
    const response = await call()
    if (response.status !== 429 || retry === retries) return response
    const retryAfterSeconds = response.headers.get('retry-after')
    await pause(retryAfterSeconds === null ? 100 * 2 ** retry : Number(retryAfterSeconds) * 1000)
  }
}

/**
 * Repeats a request whose key or customer was in other transactions during all retries of the function, after the seconds
 * of the response's Retry-After.
 * @param call sends the same Idempotency-Key each time
 */
export async function whenUncontended<Result extends { readonly response: Response; readonly error?: unknown }>(
  call: () => Promise<Result>,
  retries = 30,
): Promise<Result> {
  for (let retry = 0; ; retry += 1) {
    const result = await call()
    const { code } = (result.error ?? {}) as { code?: string }
    if (code !== 'order-contended' || retry === retries) return result
    await pause(Number(result.response.headers.get('retry-after')) * 1000)
  }
}

/**
 * Calls `look` until it returns a truthy value, first every `intervalMs`, then less often, so that waiting tests do not
 * exceed the throttles of a stage. @throws Error naming `what` after `timeoutMs`
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  timeoutMs = 120_000,
  intervalMs = 50,
): Promise<T> {
  const startedAt = performance.now()
  for (;;) {
    const found = await look()
    if (found) return found
    const elapsedMs = performance.now() - startedAt
    if (elapsedMs > timeoutMs) throw new Error(`Timed out after ${timeoutMs / 1000} s waiting for ${what}.`)
    await pause(Math.max(intervalMs, Math.min(elapsedMs / 10, 1000)))
  }
}

export interface Mail {
  readonly messageId: string
  readonly from: string
  readonly destination: { readonly to: string[]; readonly cc: string[]; readonly bcc: string[] }
  readonly subject: string
  /** Seconds since the epoch. */
  readonly at: number
  readonly body: { readonly html?: string; readonly text?: string }
}

/** The emails in the local system's mailbox, oldest first. */
export async function allMails(deployment: Deployment): Promise<Mail[]> {
  return (await mailbox(deployment)).emails
}

/** Those to an address, from a time on in milliseconds since the epoch. */
export async function mailsTo(deployment: Deployment, address: string, sinceMs = 0): Promise<Mail[]> {
  return (await mailbox(deployment, address, sinceMs)).emails
}

/** The text messages that were sent to a number, oldest first. Local system only. */
export async function textsTo(deployment: Deployment, phone: string): Promise<string[]> {
  const { textMessages } = await mailbox(deployment, phone)
  return textMessages.flatMap(({ phoneNumber, message }) => (phoneNumber === phone ? [message] : []))
}

async function mailbox(deployment: Deployment, to = '', sinceMs = 0) {
  const url = `${deployment.mailboxUrl}/store?to=${encodeURIComponent(to)}&since=${Math.floor(sinceMs / 1000)}`
  return (await (await fetch(url)).json()) as {
    emails: Mail[]
    textMessages: { phoneNumber: string; message: string }[]
  }
}

/** As returned by `GET /uploads/{uploadId}`. */
export type Upload = paths['/uploads/{uploadId}']['get']['responses'][200]['content']['application/json']

/** The form of a presigned POST, as returned by `POST /uploads`. */
export type UploadForm = paths['/uploads']['post']['responses'][201]['content']['application/json']

/** Sends the bytes as a browser submits the form. */
export async function sendForm(
  form: Pick<UploadForm, 'url' | 'fields'>,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Response> {
  const data = new FormData()
  for (const [name, value] of Object.entries(form.fields)) data.append(name, value)
  data.append('file', new Blob([bytes]), 'image')
  return fetch(form.url, { method: 'POST', body: data })
}

/** Waits until the upload is no longer PENDING. */
export const finishedUpload = (
  deployment: Deployment,
  token: string,
  uploadId: string,
  {
    path = '/uploads',
    timeoutMs,
    intervalMs,
    headers = {},
  }: { path?: string; timeoutMs?: number; intervalMs?: number; headers?: Record<string, string> } = {},
): Promise<Upload> =>
  eventually(
    `upload ${uploadId} to be finished`,
    async () => {
      const { status, body } = await callApi(deployment, 'GET', `${path}/${uploadId}`, { token, headers })
      return status === 200 && body.status !== 'PENDING' && body
    },
    timeoutMs,
    intervalMs,
  )
