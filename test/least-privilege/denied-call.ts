import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SESv2Client } from '@aws-sdk/client-sesv2'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'
import type { WatchedSystem } from './watched-system.ts'

/** Clients that sign with the credentials of one function. */
export interface FunctionClients {
  readonly dynamodb: DynamoDBClient
  readonly s3: S3Client
  readonly sqs: SQSClient
  readonly events: EventBridgeClient
  readonly ses: SESv2Client
  readonly sns: SNSClient
  readonly lambda: LambdaClient
  readonly logs: CloudWatchLogsClient
  readonly cognito: CognitoIdentityProviderClient
  readonly secrets: SecretsManagerClient
}

/** Names of the deployment's resources. */
export interface Names {
  readonly table: string
  readonly uploads: string
  readonly media: string
  readonly unpublished: string
  readonly bus: string
  readonly userPool: string
  /** Of a function or queue, with the stage's prefix: `orders-place-order`. */
  readonly named: (name: string) => string
  readonly queue: (name: string) => string
}

/** A call that a function's credentials must not allow. */
export interface DeniedCall {
  /** The function, without the stage's prefix: `orders-place-order`. */
  readonly caller: string
  readonly action: string
  /** The suffix of the resource's ARN, in which `*` matches any characters. */
  readonly resource: (names: Names) => string
  /** Why it must be denied. */
  readonly reason: string
  /** Whether the request is made without TLS. @default false */
  readonly withoutTls?: boolean
  readonly call: (clients: FunctionClients, names: Names) => Promise<unknown>
}

export function namesOf(system: WatchedSystem): Names {
  const bus = system.output('EventBusName')
  const named = (name: string) => `${bus}-${name}`
  return {
    table: system.output('TableName'),
    uploads: system.output('UploadBucketName'),
    media: system.output('MediaBucketName'),
    unpublished: system.output('UnpublishedBucketName'),
    bus,
    userPool: system.output('UserPoolId'),
    named,
    queue: (name) => `${system.deployment.awsEndpoint}/000000000000/${named(name)}`,
  }
}

/** Clients with credentials of the function's role. */
export async function clientsOf(
  system: WatchedSystem,
  functionName: string,
  withoutTls = false,
): Promise<FunctionClients> {
  const configuration = system.deployment.clientConfiguration
  const administrator = new LambdaClient(configuration)
  const { Role } = await administrator.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }))
  administrator.destroy()
  const own = { ...configuration, credentials: system.iam.createKey(Role!, functionName), maxAttempts: 1 }
  const clients: FunctionClients = {
    dynamodb: new DynamoDBClient(own),
    s3: new S3Client({ ...own, forcePathStyle: true }),
    sqs: new SQSClient(own),
    events: new EventBridgeClient(own),
    ses: new SESv2Client(own),
    sns: new SNSClient(own),
    lambda: new LambdaClient(own),
    logs: new CloudWatchLogsClient(own),
    cognito: new CognitoIdentityProviderClient(own),
    secrets: new SecretsManagerClient(own),
  }
  if (withoutTls) for (const client of Object.values(clients)) sendWithoutTls(client)
  return clients
}

export function destroy(clients: FunctionClients): void {
  for (const client of Object.values(clients)) client.destroy()
}

/** The header with which a proxy reports a client without TLS. */
const withProxyHeader = (next: (call: any) => unknown) => (call: { request: { headers: Record<string, string> } }) => {
  call.request.headers['x-forwarded-proto'] = 'http'
  return next(call)
}

function sendWithoutTls(client: { middlewareStack: { add(middleware: any, options: { step: 'build' }): void } }): void {
  client.middlewareStack.add(withProxyHeader, { step: 'build' })
}
