import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import type { ResourceProvider } from '../assembly/provider.ts'
import { ManualClock } from '../clock.ts'
import { Iam } from '../iam/iam.ts'
import { KeyRing } from '../iam/keys.ts'
import { allowAll, type AccessControl, type AccessRequest, type PolicyDocument } from '../iam/types.ts'
import { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { WireServer, type Authenticate } from '../wire/server.ts'
import { createAuthenticate, type Keys } from '../wire/sigv4.ts'
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
  const clock = new ManualClock()
  const started = await listen({
    ...folderAndState(options.folder),
    publish: options.publish,
    clock,
    access,
    keys: new KeyRing(),
    authenticate: asReader,
  })
  const client = clientOf(started.endpoint, administrator)
  const stop = (keep = false) => {
    client.destroy()
    return started.stop(keep)
  }
  return { ...started, clock, client, policies, accessRequests, stop }
}

/**
 * Like {@link startS3}, with signatures and IAM policies enforced. The manual clock starts at the current time, with which
 * the SDK signs.
 * @param statements the policy of the role whose key and client are returned
 */
export async function startSignedS3(statements: object[]) {
  const storage = folderAndState()
  const clock = new ManualClock(Date.now())
  const iam = new Iam({ state: storage.state, clock })
  const authenticate = createAuthenticate(iam.keys, clock)
  const started = await listen({ ...storage, clock, access: iam, keys: iam.keys, authenticate })
  const role = await declareWith(iam.providers, 'AWS::IAM::Role', 'Scanner', {
    AssumeRolePolicyDocument: {
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    },
    Policies: [{ PolicyName: 'scans', PolicyDocument: { Statement: statements } }],
  })
  const key = iam.createKey(String(role.attributes!['Arn']), 'scan')
  const { endpoint } = started
  return { ...started, clock, key, client: clientOf(endpoint, key), administrator: clientOf(endpoint, administrator) }
}

/** Everyone is this role: the administrator could not be called from web pages. */
const asReader: Authenticate = () => ({ kind: 'role', roleArn: 'arn:aws:iam::000000000000:role/reader' })

const administrator = { accessKeyId: 'local', secretAccessKey: 'local' }

export const clientOf = (
  endpoint: string,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
  more: S3ClientConfig = {},
) => new S3Client({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1, ...more })

function folderAndState(existing?: string) {
  const folder = existing ?? mkdtempSync(join(tmpdir(), 's3-'))
  return { folder, directory: join(folder, 'objects'), state: new State(join(folder, 'state')) }
}

async function listen(options: {
  folder: string
  directory: string
  state: State
  clock: ManualClock
  access: AccessControl
  keys: Keys
  authenticate: Authenticate
  publish?: Publish | undefined
}) {
  const { folder, directory, state, access, authenticate } = options
  const published: any[] = []
  const service = new S3Service({
    endpoint: () => server.endpoint,
    ...options,
    publish: options.publish ?? ((event) => void published.push(event)),
  })
  const server = new WireServer({ access, authenticate })
  server.addRestService(service.wire)
  const endpoint = await server.listen(0)
  const declare = (type: string, logicalId: string, properties: object) =>
    declareWith(service.providers, type, logicalId, properties)
  /** @param keep does not delete the folder, for a restart */
  const stop = async (keep = false) => {
    service.stop()
    await server.close()
    state.close()
    if (!keep) rmSync(folder, { recursive: true })
  }
  return { state, service, server, endpoint, declare, published, folder, directory, stop }
}

async function declareWith(
  providers: readonly ResourceProvider[],
  type: string,
  logicalId: string,
  properties: Record<string, any>,
) {
  const provider = providers.find((candidate) => candidate.type === type)!
  const declaration = { stackName: 'library', logicalId, type, properties, generatedName: `library-${logicalId}` }
  return await provider.create(declaration)
}
