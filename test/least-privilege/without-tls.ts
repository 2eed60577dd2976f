import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { put } from './proof.ts'
import { queueUrl } from './queues.ts'
import { listOf, without, type StatementPart } from './statement-part.ts'
import type { WatchedSystem } from './watched-system.ts'

/** A Deny statement is proven by a call that it denies and that succeeds without it. */
export type DenyProof =
  | { readonly kind: 'denied-by-it-alone' }
  | { readonly kind: 'not-denied' | 'denied-without-it'; readonly resource: string }

const auditor = 'auditor'

/** Calls without TLS by a role that is allowed every action on queues and buckets. */
export class CallsWithoutTls {
  readonly #system: WatchedSystem
  readonly #clients: { readonly sqs: SQSClient; readonly s3: S3Client }

  private constructor(system: WatchedSystem, clients: { sqs: SQSClient; s3: S3Client }) {
    this.#system = system
    this.#clients = clients
  }

  static async on(system: WatchedSystem): Promise<CallsWithoutTls> {
    const credentials = await auditorKey(system)
    const configuration = { ...system.deployment.clientConfiguration, credentials, maxAttempts: 1 }
    const sqs = new SQSClient(configuration)
    const s3 = new S3Client({ ...configuration, forcePathStyle: true })
    for (const client of [sqs, s3]) sendWithoutTls(client)
    return new CallsWithoutTls(system, { sqs, s3 })
  }

  destroy(): void {
    for (const client of Object.values(this.#clients)) client.destroy()
  }

  async prove(part: StatementPart): Promise<DenyProof> {
    const resources = part.removed.kind === 'resource' ? [part.removed.resource] : listOf(part.statement.Resource)
    for (const resource of resources) {
      if (!(await this.#isDeniedBy(part, resource))) return { kind: 'not-denied', resource }
    }
    await put(this.#system, part.policy, without(part))
    try {
      for (const resource of resources) {
        if (await this.#isDeniedBy(part, resource)) return { kind: 'denied-without-it', resource }
      }
    } finally {
      await put(this.#system, part.policy, part.policy.document)
    }
    return { kind: 'denied-by-it-alone' }
  }

  /** Whether an explicit deny of the part's policy denies a call on the resource. */
  async #isDeniedBy({ policy }: StatementPart, resource: string): Promise<boolean> {
    const from = this.#system.decisions.length
    const error = await this.#call(resource).then(
      () => undefined,
      (reason: Error) => reason,
    )
    const denied = this.#system.decisions
      .slice(from)
      .some(
        ({ principal, decision }) =>
          principal.kind === 'role' &&
          principal.functionName === auditor &&
          decision.outcome === 'explicitly-denied' &&
          decision.by.carrier === policy.carrier,
      )
    if (denied && !error?.name.startsWith('AccessDenied')) throw new Error(`The denied call on ${resource} succeeded.`)
    return denied
  }

  async #call(resource: string): Promise<unknown> {
    const { sqs, s3 } = this.#clients
    const [, , service, , , name = ''] = resource.split(':')
    if (service === 'sqs') {
      const QueueUrl = await queueUrl(this.#system.aws.sqs, resource)
      return sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }))
    }
    const [Bucket, objects] = name.split('/')
    if (objects === undefined) return s3.send(new ListObjectsV2Command({ Bucket }))
    const object = { Bucket, Key: 'any' }
    // For an absent object S3 returns 404 only to callers that may list the bucket.
    await this.#system.aws.s3.send(new PutObjectCommand({ ...object, Body: 'any' }))
    return s3.send(new GetObjectCommand(object))
  }
}

/** A test role that only Deny statements restrict. */
async function auditorKey({ iam }: WatchedSystem) {
  const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }
  const everything = { Effect: 'Allow', Action: ['sqs:*', 's3:*'], Resource: '*' }
  const provider = iam.providers.find(({ type }) => type === 'AWS::IAM::Role')!
  const created = await provider.create({
    stackName: 'test',
    logicalId: auditor,
    generatedName: auditor,
    type: provider.type,
    properties: {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] },
      Policies: [{ PolicyName: 'everything', PolicyDocument: { Version: '2012-10-17', Statement: [everything] } }],
    },
  })
  return iam.createKey(String(created.attributes!['Arn']), auditor)
}

/** The header with which a proxy reports a client without TLS. */
const withProxyHeader = (next: (call: any) => unknown) => (call: { request: { headers: Record<string, string> } }) => {
  call.request.headers['x-forwarded-proto'] = 'http'
  return next(call)
}

export function sendWithoutTls(client: {
  middlewareStack: { add(middleware: any, options: { step: 'build' }): void }
}): void {
  client.middlewareStack.add(withProxyHeader, { step: 'build' })
}
