import { systemClock } from '@cartwheel/local/clock.ts'
import type { TableEndpoint } from '@cartwheel/local/dynamodb/remote/endpoint.ts'
import { DynamoDbService } from '@cartwheel/local/dynamodb/service.ts'
import { allowAll } from '@cartwheel/local/iam/types.ts'
import { State } from '@cartwheel/local/state/state.ts'
import { AwsError } from '@cartwheel/local/wire/aws-error.ts'

/** New embedded tables in memory, called as the HTTP endpoint calls them. */
export function embeddedEndpoint(): TableEndpoint {
  const service = new DynamoDbService({ state: new State(':memory:'), clock: systemClock, access: allowAll })
  return {
    async call(api, operation, input) {
      const { operations } = api === 'DynamoDB' ? service.wire : service.streamsWire
      const wired = operations[operation]
      if (!wired) throw new AwsError('UnknownOperationException', `${operation} is not emulated.`)
      const call = { principal: { kind: 'administrator' }, requestId: 'parity' } as const
      return JSON.parse(JSON.stringify((await wired.handle(JSON.parse(JSON.stringify(input)), call)) ?? {}))
    },
  }
}
