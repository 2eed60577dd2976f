import { systemClock, type Clock } from '../clock.ts'
import { RecordedMetrics } from '../cloudwatch/testing.ts'
import type { Principal } from '../iam/types.ts'
import type { Invoke } from '../lambda/service.ts'
import { declare as declareResource } from '../wire/testing.ts'
import { HttpApiService, type ApiLine } from './service.ts'

/** Creates resources of a service as a template would. */
export const declarer = (service: HttpApiService) => async (type: string, logicalId: string, properties: object) =>
  declareResource(service.providers, `AWS::ApiGatewayV2::${type}`, logicalId, properties, 'Library')

export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`

export interface Invocation {
  functionArn: string
  event: any
  caller: Principal
  traceHeader: string | undefined
}

interface LibraryOptions {
  routes?: { key: string; properties?: { Authorizer?: string; [name: string]: unknown } }[]
  api?: object
  stage?: object
  integration?: object
  authorizers?: Record<string, object>
}

let services: HttpApiService[] = []

/** For `afterEach`. */
export async function stopServices(): Promise<void> {
  await Promise.all(services.map((service) => service.stop()))
  services = []
}

/**
 * An API whose routes all integrate one function, `loans`, on a service that records invocations, lines and access logs.
 * @param options.authorizers by the name that routes have in the property `Authorizer`
 */
export async function library(
  { routes = [{ key: '$default' }], authorizers = {}, ...options }: LibraryOptions = {},
  invoke: (invocation: Invocation) => ReturnType<Invoke> = async () => ({ payload: { statusCode: 200, body: 'ok' } }),
  clock: Clock = systemClock,
) {
  const invocations: Invocation[] = []
  const lines: ApiLine[] = []
  const metrics = new RecordedMetrics()
  const logged: { group: string; message: string }[] = []
  const service = new HttpApiService({
    clock,
    metrics,
    report: (line) => lines.push(line),
    appendLog: (group, _, messages) => logged.push(...messages.map(({ message }) => ({ group, message }))),
    invoke(arn, event, caller, traceHeader) {
      invocations.push({ functionArn: arn, event, caller, traceHeader })
      return invoke(invocations.at(-1)!)
    },
  })
  services.push(service)
  const endpoint = await service.listen(0)
  const create = declarer(service)
  const { ref: ApiId } = await create('Api', 'Api', { Name: 'library', ProtocolType: 'HTTP', ...options.api })
  await create('Stage', 'Stage', { ApiId, StageName: '$default', AutoDeploy: true, ...options.stage })
  const { ref: integrationId } = await create('Integration', 'Integration', {
    ApiId,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: functionArn('loans'),
    PayloadFormatVersion: '2.0',
    ...options.integration,
  })
  const ids: Record<string, string> = {}
  for (const [name, properties] of Object.entries(authorizers))
    ids[name] = (await create('Authorizer', name, { ApiId, ...properties })).ref
  for (const { key: RouteKey, properties: { Authorizer = '', ...rest } = {} } of routes) {
    const Target = `integrations/${integrationId}`
    await create('Route', `Route ${RouteKey}`, { ApiId, RouteKey, Target, AuthorizerId: ids[Authorizer], ...rest })
  }
  return { service, endpoint, apiId: ApiId, invocations, lines, logged, metrics }
}
