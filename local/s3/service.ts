import { randomUUID } from 'node:crypto'
import type { ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { AccessControl } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import { createFormAuthenticate } from '../wire/form-signature.ts'
import { withTransport } from '../wire/server.ts'
import type { Operation, RestService, WireRequest } from '../wire/service.ts'
import type { Keys } from '../wire/sigv4.ts'
import { BlobFiles, type WritePiece } from './blob-files.ts'
import { checksumOf } from './checksums.ts'
import { Buckets } from './buckets.ts'
import { corsHeaders } from './cors.ts'
import { Lifecycle } from './lifecycle.ts'
import type { Publish } from './object-events.ts'
import { objectOf, ObjectStore, type StoredObject } from './object-store.ts'
import { Objects } from './objects.ts'
import { bucketProviders } from './resources.ts'
import { operationFor, routes } from './routes.ts'
import { parsePath, withHoistedHeaders, type S3Context } from './s3-request.ts'

/** S3 with path-style URLs: objects, POST forms, presigned URLs, CORS, EventBridge events, lifecycle. */
export class S3Service {
  readonly wire: RestService
  readonly providers: ResourceProvider[]
  readonly #context: S3Context
  readonly #lifecycle: Lifecycle

  /**
   * @param options.endpoint the AWS endpoint, called when a bucket is created
   * @param options.keys access keys that forms can be signed with
   * @param options.directory stores the bytes of objects; other files in it are removed
   * @param options.onFull called when the disk of the directory is full, before the caller of the write gets the error
   * @param options.writePiece writes bytes to a file; for tests of a failing disk
   * @param options.publish publishes an event within the current transaction
   */
  constructor(options: {
    state: State
    clock: Clock
    access: AccessControl
    endpoint: () => string
    keys: Keys
    directory: string
    onFull?: () => void
    writePiece?: WritePiece
    publish: Publish
  }) {
    const { state, clock, access, endpoint, keys, publish } = options
    const buckets = new Buckets()
    const files = new BlobFiles(options.directory, options)
    const store = new ObjectStore(state, files)
    files.sweep(new Set(store.files()))
    const objects = new Objects({ state, clock, buckets, store, files, publish })
    const authenticateForm = createFormAuthenticate(keys)
    this.#context = { buckets, store, files, objects, clock, access, authenticateForm }
    this.#lifecycle = new Lifecycle(this.#context)
    this.providers = bucketProviders({ buckets, access, nowMs: () => clock.now(), endpoint })
    this.wire = {
      signingName: 's3',
      claims: ({ path }) => buckets.has(path.split('/')[1]!),
      errors: 'xml',
      operations: operationsOf(this.#context),
      input: (request) => ({ request: withHoistedHeaders(request), ...parsePath(request.path) }),
      finish: (request, answer, requestId) => {
        const rules = buckets.find(request.path.split('/')[1]!)?.cors ?? []
        const cors = request.method === 'OPTIONS' ? {} : corsHeaders(rules, request)
        return { ...answer, headers: { 'x-amz-request-id': requestId, ...cors, ...answer.headers } }
      },
    }
  }

  /** Starts the lifecycle sweep; call it once the templates' buckets are declared. */
  start(): void {
    this.#lifecycle.start()
  }

  stop(): void {
    this.#lifecycle.stop()
  }

  /**
   * Puts an object on behalf of another emulated service.
   * @param headers stored with it, `content-type` among them; names in lower case
   * @throws AwsError NoSuchBucket
   */
  putObject(bucket: string, key: string, body: Buffer, headers: Readonly<Record<string, string>>): void {
    const { files, objects, buckets } = this.#context
    buckets.get(bucket)
    const checksum = { algorithm: 'crc32', value: checksumOf('crc32', body) }
    const written = { bucket, key, headers, checksum, ...objectOf(files.write(body)) }
    objects.put(written, { reason: 'PutObject', requestId: randomUUID() })
  }

  /** Deletes an object on behalf of another emulated service. @throws AwsError NoSuchBucket */
  deleteObject(bucket: string, key: string): void {
    this.#context.objects.delete(bucket, key, { reason: 'DeleteObject', requestId: randomUUID() })
  }

  /** The objects with the prefix, sorted by key. @throws AwsError NoSuchBucket */
  objects(bucket: string, prefix: string): Iterable<StoredObject> {
    return this.#context.store.from(this.#context.buckets.get(bucket).name, prefix, '')
  }
}

/** An adapter, until each operation says itself which access it needs: they authorize while they run. */
function operationsOf(context: S3Context): Record<string, Operation> {
  const operation: Operation<{ request: WireRequest; bucket: string; key: string }> = {
    anonymous: true,
    access: () => [],
    handle: ({ request, bucket, key }, call) =>
      operationFor(
        request,
        bucket,
        key,
      )(
        {
          request,
          call,
          bucket,
          key,
          authorize: (requests) => context.access.require(call.principal, withTransport(request, requests)),
        },
        context,
      ),
  }
  // A preflight has no valid signature: a presigned URL is signed for another method.
  const preflight: Operation = { ...operation, authenticate: () => ({ kind: 'anonymous' }) }
  return Object.fromEntries(routes.map((key) => [key, key.startsWith('OPTIONS') ? preflight : operation]))
}
