/** A request of a viewer. */
export interface ViewerRequest {
  readonly id: string
  readonly method: string
  /** Still percent-encoded, without the query. */
  readonly path: string
  /** Without the question mark, still percent-encoded. */
  readonly rawQuery: string
  /** Names in lower case, `cookie` included. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly ip: string
}

export interface EdgeResponse {
  readonly status: number
  /** Names in lower case, without `set-cookie`. */
  readonly headers: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly body?: string | Buffer
}

/** A response that CloudFront itself generates. */
export const errorPage = (status: number, message: string): EdgeResponse => ({
  status,
  headers: { 'content-type': 'text/html', 'x-cache': 'Error from cloudfront' },
  body: `<!DOCTYPE html>\n<title>ERROR: The request could not be satisfied</title>\n<h1>${status} ERROR</h1>\n<p>${message}</p>\n`,
})
