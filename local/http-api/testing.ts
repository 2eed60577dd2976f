import { systemClock, type Clock } from '../clock.ts'
import { RecordedMetrics } from '../cloudwatch/testing.ts'
import type { Principal } from '../iam/types.ts'
import { declare as declareResource } from '../wire/testing.ts'
import type { Invoke } from './model.ts'
import { HttpApiService, type ApiLine } from './service.ts'

/** Creates resources of a service as a template would. */
export const declarer = (service: HttpApiService) => async (type: string, logicalId: string, properties: object) =>
  declareResource(service.providers, `AWS::ApiGatewayV2::${type}`, logicalId, properties, 'Library')

export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`

/** An API whose routes all integrate one function, `loans`. @returns its id and endpoint */
async function declareLibrary(
  service: HttpApiService,
  options: {
    routes: { key: string; properties?: object }[]
    api?: object
    stage?: object
    integration?: object
    authorizers?: Record<string, object>
  },
): Promise<{ apiId: string; endpoint: string }> {
  const declare = declarer(service)
  const { ref: ApiId, attributes } = await declare('Api', 'Api', {
    Name: 'library',
    ProtocolType: 'HTTP',
    ...options.api,
  })
  await declare('Stage', 'Stage', { ApiId, StageName: '$default', AutoDeploy: true, ...options.stage })
  const integration = {
    ApiId,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: functionArn('loans'),
    PayloadFormatVersion: '2.0',
    ...options.integration,
  }
  const { ref: integrationId } = await declare('Integration', 'Integration', integration)
  const ids: Record<string, string> = {}
  for (const [name, properties] of Object.entries(options.authorizers ?? {})) {
    ids[name] = (await declare('Authorizer', name, { ApiId, ...properties })).ref
  }
  for (const { key, properties = {} } of options.routes) {
    const { Authorizer, ...rest } = properties as { Authorizer?: string }
    const AuthorizerId = Authorizer === undefined ? undefined : ids[Authorizer]
    await declare('Route', `Route ${key}`, {
      ApiId,
      RouteKey: key,
      Target: `integrations/${integrationId}`,
      AuthorizerId,
      ...rest,
    })
  }
  return { apiId: ApiId, endpoint: String(attributes?.['ApiEndpoint']) }
}

export interface Invocation {
  functionArn: string
  event: any
  caller: Principal
  traceHeader: string | undefined
}

let services: HttpApiService[] = []

/** For `afterEach`. */
export async function stopServices(): Promise<void> {
  await Promise.all(services.map((service) => service.stop()))
  services = []
}

function startService(options: ConstructorParameters<typeof HttpApiService>[0]): HttpApiService {
  const service = new HttpApiService(options)
  services.push(service)
  return service
}

/** The API of {@link declareLibrary} on a service that records invocations, lines and access logs. */
export async function library(
  options: Partial<Parameters<typeof declareLibrary>[1]> = {},
  invoke: (invocation: Invocation) => ReturnType<Invoke> = async () => ({ payload: { statusCode: 200, body: 'ok' } }),
  clock: Clock = systemClock,
) {
  const invocations: Invocation[] = []
  const lines: ApiLine[] = []
  const metrics = new RecordedMetrics()
  const logged: { group: string; message: string }[] = []
  const service = startService({
    clock,
    metrics,
    report: (line) => lines.push(line),
    appendLog: (group, _, messages) => logged.push(...messages.map(({ message }) => ({ group, message }))),
    invoke: (arn, event, caller, traceHeader) => {
      invocations.push({ functionArn: arn, event, caller, traceHeader })
      return invoke({ functionArn: arn, event, caller, traceHeader })
    },
  })
  await service.listen(0)
  const { apiId, endpoint } = await declareLibrary(service, { routes: [{ key: '$default' }], ...options })
  return { service, endpoint, apiId, invocations, lines, logged, metrics }
}
