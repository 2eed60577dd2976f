import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { ManualClock } from '../clock.ts'
import { Iam } from '../iam/iam.ts'
import { KeyRing } from '../iam/keys.ts'
import { allowAll, type AccessControl, type AccessRequest, type PolicyDocument } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Authenticate } from '../wire/server.ts'
import { createAuthenticate, type Keys } from '../wire/sigv4.ts'
import { declare, TestEndpoint } from '../wire/testing.ts'
import type { Publish } from './objects.ts'
import { S3Service } from './service.ts'

/** Starts the service behind an HTTP endpoint, with a client of the AWS SDK. */
export async function startS3(
  options: { folder?: string; denied?: (request: AccessRequest) => boolean; publish?: Publish } = {},
) {
  const policies: [string, PolicyDocument][] = []
  const accessRequests: AccessRequest[] = []
  const access: AccessControl = {
    ...allowAll,
    require(_principal, requests) {
      accessRequests.push(...requests)
      if (requests.some((request) => options.denied?.(request))) throw new AwsError('AccessDeniedException', 'no')
    },
    putResourcePolicy: (arn, _name, document) => void policies.push([arn, document]),
  }
  const folder = options.folder ?? temporaryFolder()
  const endpoint = new TestEndpoint({ stateFile: join(folder, 'state'), access, authenticate: asReader })
  const started = await listen(endpoint, { folder, access, keys: new KeyRing(), publish: options.publish })
  return { ...started, client: endpoint.client(S3Client), policies, accessRequests }
}

/**
 * Like {@link startS3}, with signatures and IAM policies enforced. The manual clock starts at the current time, with which
 * the SDK signs.
 * @param statements the policy of the role whose key and client are returned
 */
export async function startSignedS3(statements: object[]) {
  const folder = temporaryFolder()
  const clock = new ManualClock(Date.now())
  const state = new State(join(folder, 'state'))
  const iam = new Iam({ state, clock })
  const authenticate = createAuthenticate(iam.keys, clock)
  const endpoint = new TestEndpoint({ state, clock, access: iam, authenticate })
  const started = await listen(endpoint, { folder, access: iam, keys: iam.keys })
  const role = await declare(iam.providers, 'AWS::IAM::Role', 'Scanner', {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'scans', PolicyDocument: { Statement: statements } }],
  })
  const key = iam.createKey(String(role.attributes!['Arn']), 'scan')
  return { ...started, key, client: endpoint.client(S3Client, key), administrator: endpoint.client(S3Client) }
}

/** Everyone is this role: the administrator could not be called from web pages. */
const asReader: Authenticate = () => ({ kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/reader' })

const temporaryFolder = () => mkdtempSync(join(tmpdir(), 's3-'))

async function listen(
  endpoint: TestEndpoint,
  options: { folder: string; access: AccessControl; keys: Keys; publish?: Publish | undefined },
) {
  const { folder, access, keys } = options
  const { state, clock, server } = endpoint
  const published: any[] = []
  const publish = options.publish ?? ((event) => void published.push(event))
  const service = new S3Service({ state, clock, access, keys, publish, endpoint: endpoint.url })
  server.addRestService(service.wire)
  await endpoint.listen()
  const create = async (type: string, logicalId: string, properties: object) =>
    declare(service.providers, type, logicalId, properties)
  /** @param keep does not delete the folder, for a restart */
  const stop = async (keep = false) => {
    service.stop()
    await endpoint.stop()
    if (!keep) rmSync(folder, { recursive: true })
  }
  return {
    state,
    clock,
    service,
    server,
    endpoint: endpoint.url(),
    declare: create,
    published,
    folder,
    stop,
  }
}

export const clientOf = (
  endpoint: string,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
  more: S3ClientConfig = {},
) => new S3Client({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, ...more })
