import type { Deployment } from './deployment.ts'

export interface ApiAnswer {
  readonly status: number
  readonly headers: Headers
  // The body is whatever the route answers; each caller knows its shape.
  readonly body: any
}

export interface ApiCall {
  readonly token?: string | undefined
  readonly body?: unknown
  readonly headers?: Record<string, string>
  /** Ends the call when nobody waits for it any more. */
  readonly signal?: AbortSignal
}

/** Calls the API as any client would. A string body is sent as it is, anything else as JSON. */
export async function callApi(
  deployment: Deployment,
  method: string,
  path: string,
  call: ApiCall = {},
): Promise<ApiAnswer> {
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

/** Asks again every `intervalMs` until `look` answers something. @throws Error saying what was awaited after `timeoutMs` */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined | false>,
  timeoutMs = 120_000,
  intervalMs = 50,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found) return found
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, intervalMs))
  }
}

export interface Mail {
  readonly messageId: string
  readonly from: string
  readonly destination: { readonly to: string[] }
  readonly subject: string
  /** Seconds since the epoch. */
  readonly at: number
  readonly body: { readonly html?: string; readonly text?: string }
}

/** The mails that the local system's mailbox holds for an address, oldest first. */
export async function mailsTo(deployment: Deployment, address: string): Promise<Mail[]> {
  const { emails } = (await (await fetch(`${deployment.mailboxUrl}/store`)).json()) as { emails: Mail[] }
  return emails.filter((mail) => mail.destination.to.some((to) => to.includes(address)))
}
