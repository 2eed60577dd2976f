import { S3, type S3ClientConfig } from '@aws-sdk/client-s3'
import { ManualClock } from '../clock.ts'
import { Iam } from '../iam/iam.ts'
import { KeyRing } from '../iam/keys.ts'
import { RecordedAccess } from '../iam/testing.ts'
import type { AccessControl, AccessRequest } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { createAuthenticate, type Keys } from '../wire/sigv4.ts'
import { declare, TestEndpoint } from '../wire/testing.ts'
import type { Publish } from './objects.ts'
import { S3Service } from './service.ts'

/** Everyone is this role: the administrator could not be called from web pages. */
const reader = { kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/reader' } as const

/** Starts the service behind an HTTP endpoint, with a client of the AWS SDK. */
export async function startS3(
  options: { stateFile?: string; denied?: (request: AccessRequest) => boolean; publish?: Publish } = {},
) {
  const access = new RecordedAccess(options.denied)
  const endpoint = new TestEndpoint({ stateFile: options.stateFile, access, authenticate: () => reader })
  const started = await listen(endpoint, access, new KeyRing(), options.publish)
  return { ...started, client: endpoint.client(S3), access }
}

/**
 * Like {@link startS3}, with signatures and IAM policies enforced. The manual clock starts at the current time, with which
 * the SDK signs.
 * @param statements the policy of the role whose key and client are returned
 */
export async function startSignedS3(statements: object[]) {
  const clock = new ManualClock(Date.now())
  const state = new State(':memory:')
  const iam = new Iam({ state, clock })
  const authenticate = createAuthenticate(iam.keys, clock)
  const endpoint = new TestEndpoint({ state, clock, access: iam, authenticate })
  const started = await listen(endpoint, iam, iam.keys)
  const role = await declare(iam.providers, 'AWS::IAM::Role', 'Scanner', {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'scans', PolicyDocument: { Statement: statements } }],
  })
  const key = iam.createKey(String(role.attributes!['Arn']), 'scan')
  return { ...started, key, client: endpoint.client(S3, key), administrator: endpoint.client(S3) }
}

async function listen(endpoint: TestEndpoint, access: AccessControl, keys: Keys, publish?: Publish) {
  const { state, clock, server } = endpoint
  const published: any[] = []
  const service = new S3Service({
    state,
    clock,
    access,
    keys,
    publish: publish ?? ((event) => void published.push(event)),
    endpoint: endpoint.url,
  })
  server.addRestService(service.wire)
  await endpoint.listen()
  const create = async (type: string, logicalId: string, properties: object) =>
    declare(service.providers, type, logicalId, properties)
  const stop = async () => {
    service.stop()
    await endpoint.stop()
  }
  return { state, clock, service, server, endpoint: endpoint.url(), declare: create, published, stop }
}

export const clientOf = (
  endpoint: string,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
  more: S3ClientConfig = {},
) => new S3({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, ...more })
