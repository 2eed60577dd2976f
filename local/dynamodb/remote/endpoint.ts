import { region } from '../../assembly/provider.ts'
import type { Clock } from '../../clock.ts'
import { AwsError } from '../../wire/aws-error.ts'
import { signatureHeaders } from '../../wire/signature.ts'

/** Calls another implementation of DynamoDB. */
export interface TableEndpoint {
  /** @throws AwsError of the endpoint, or ServiceUnavailable when it does not respond */
  call(api: TableApi, operation: string, input: unknown): Promise<any>
}

type TableApi = 'DynamoDB' | 'DynamoDBStreams'

const targetPrefixes = { DynamoDB: 'DynamoDB_20120810', DynamoDBStreams: 'DynamoDBStreams_20120810' } as const

/** DynamoDB Local has separate tables for each access key and region, so these must never change. */
const identity = { accessKeyId: 'local', secretAccessKey: 'local', region }

const responseTimeoutMs = 30_000

/** Another implementation of DynamoDB, reached over HTTP with AWS JSON 1.0. */
export class HttpEndpoint implements TableEndpoint {
  readonly #url: URL
  readonly #clock: Clock

  constructor(url: URL, clock: Clock) {
    this.#url = url
    this.#clock = clock
  }

  async call(api: TableApi, operation: string, input: unknown): Promise<any> {
    const body = JSON.stringify(input)
    const { status, text } = await this.#post(`${targetPrefixes[api]}.${operation}`, body)
    const answer = parseObject(text)
    if (status === 200 && answer) return answer
    throw answer ? errorOf(answer, status) : this.#unavailable(`responds with status ${status} without JSON`)
  }

  async #post(target: string, body: string): Promise<{ status: number; text: string }> {
    const headers = { host: this.#url.host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target }
    const request = {
      method: 'POST',
      path: this.#url.pathname,
      query: this.#url.searchParams,
      headers,
      body: Buffer.from(body),
    }
    const signature = signatureHeaders(request, 'dynamodb', { identity, nowMs: this.#clock.now() })
    try {
      const signal = AbortSignal.timeout(responseTimeoutMs)
      const response = await fetch(this.#url, { method: 'POST', headers: { ...headers, ...signature }, body, signal })
      return { status: response.status, text: await response.text() }
    } catch (error) {
      throw this.#unavailable(`does not respond (${reasonOf(error as Error)})`)
    }
  }

  #unavailable(reason: string): AwsError {
    return new AwsError('ServiceUnavailable', `The DynamoDB at ${this.#url.origin} ${reason}.`, { statusCode: 503 })
  }
}

const reasonOf = (error: Error) => (error.cause as { code?: string } | undefined)?.code ?? error.message

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    return answer !== null && typeof answer === 'object' ? (answer as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

/** Error names have a prefix (`com.amazonaws.dynamodb.v20120810#…`); the member is `message` or `Message`. */
function errorOf(answer: Record<string, unknown>, statusCode: number): AwsError {
  const { __type: type, message, Message, ...members } = answer
  const name = String(type ?? 'InternalServerError')
  const text = String(message ?? Message ?? '')
  return new AwsError(name.slice(name.indexOf('#') + 1), text, { statusCode, members })
}
