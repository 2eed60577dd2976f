import type { ResourceDeclaration } from '../assembly/provider.ts'
import type { HttpApiService } from './service.ts'

/** Creates resources of a service as a template would; for tests. */
export function declarer(service: HttpApiService) {
  return async (type: string, logicalId: string, properties: ResourceDeclaration['properties']) => {
    const provider = service.providers.find((candidate) => candidate.type === `AWS::ApiGatewayV2::${type}`)!
    return provider.create({
      stackName: 'Library',
      logicalId,
      type: provider.type,
      properties,
      generatedName: `Library-${logicalId}`,
    })
  }
}

export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`

/** An API whose routes all integrate one function, `loans`. @returns its id and endpoint */
export async function declareLibrary(
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
