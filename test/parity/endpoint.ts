import { AwsError, createTables } from '@cartwheel/local/testing'

/** An implementation of DynamoDB. */
export interface TableEndpoint {
  /** @throws AwsError when the operation fails */
  call(api: TableApi, operation: string, input: unknown): Promise<any>
}

type TableApi = 'DynamoDB' | 'DynamoDBStreams'

/** New embedded tables in memory, called as the AWS endpoint calls them. */
export async function embeddedEndpoint(): Promise<TableEndpoint> {
  const { wire, streamsWire } = await createTables()
  return {
    async call(api, operation, input) {
      const { operations } = api === 'DynamoDB' ? wire : streamsWire
      const call = { principal: { kind: 'administrator' }, requestId: 'parity' } as const
      const output = await operations[operation]!.handle(JSON.parse(JSON.stringify(input)), call)
      return JSON.parse(JSON.stringify(output ?? {}))
    },
  }
}

/**
 * DynamoDB Local verifies no signature, but it has separate tables for each access key and region, which it reads from the
 * credential.
 */
const authorization =
  'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none'

/** DynamoDB Local at a URL. */
export const httpEndpoint = (url: string): TableEndpoint => ({
  async call(api, operation, input) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${api}_20120810.${operation}`,
        authorization,
      },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(30_000),
    })
    const body: any = await response.json()
    if (response.ok) return body
    // An error's name has a prefix (`com.amazonaws.dynamodb.v20120810#…`), and its text is in `message` or `Message`.
    const { __type: type, message, Message, ...members } = body
    throw new AwsError(type.slice(type.indexOf('#') + 1), message ?? Message ?? '', { members })
  },
})
