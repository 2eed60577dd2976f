import { randomUUID } from 'node:crypto'
import type { ResourceProvider } from '../assembly/provider.ts'
import type { Cancel, Clock } from '../clock.ts'
import type { AccessControl } from '../iam/types.ts'
import type { State } from '../state/state.ts'
import type { RestService } from '../wire/service.ts'
import { createFormAuthenticate, type Keys } from '../wire/sigv4.ts'
import { listBuckets, listObjects } from './bucket-operations.ts'
import { Buckets } from './buckets.ts'
import { corsHeaders, preflight } from './cors.ts'
import { deleteObject, deleteObjects, readObject, writeObject } from './object-operations.ts'
import { Objects, type Publish, type StoredObject } from './objects.ts'
import { postObject, readForm } from './post-object.ts'
import { withHoistedHeaders } from './requests.ts'
import { bucketProviders } from './resources.ts'

const sweepEveryMs = 3_600_000

/** S3 with path-style URLs: objects, POST forms, presigned URLs, CORS, EventBridge events, lifecycle. */
export class S3Service {
  readonly wire: RestService
  readonly providers: ResourceProvider[]
  readonly #clock: Clock
  readonly #buckets: Buckets
  readonly #objects: Objects
  #sweep: Cancel | undefined

  /**
   * @param options.endpoint the AWS endpoint, called when a bucket is created
   * @param options.keys access keys that forms can be signed with
   * @param options.publish publishes an event within the current transaction
   */
  constructor(options: {
    state: State
    clock: Clock
    access: AccessControl
    endpoint: () => string
    keys: Keys
    publish: Publish
  }) {
    const { state, clock, access, endpoint, keys, publish } = options
    const buckets = new Buckets()
    const objects = new Objects({ state, clock, buckets, publish })
    const parts = { buckets, objects, access }
    const read = readObject(parts)
    this.#clock = clock
    this.#buckets = buckets
    this.#objects = objects
    this.providers = bucketProviders({ buckets, access, endpoint })
    this.wire = {
      signingName: 's3',
      claims: ({ path }) => buckets.has(path.split('/')[1]!),
      errors: 'xml',
      operations: {
        'GET /': listBuckets(buckets, clock.now()),
        'GET /{Bucket}': listObjects(buckets, objects),
        'POST /{Bucket}': postObject({ buckets, objects, clock, authenticateForm: createFormAuthenticate(keys) }),
        'POST /{Bucket}?delete': deleteObjects(parts),
        'OPTIONS /{Bucket}': preflight(buckets),
        'GET /{Bucket}/{Key+}': read,
        'HEAD /{Bucket}/{Key+}': read,
        'PUT /{Bucket}/{Key+}': writeObject(parts),
        'DELETE /{Bucket}/{Key+}': deleteObject(parts),
        'OPTIONS /{Bucket}/{Key+}': preflight(buckets),
      },
      input: async (request, { Bucket = '', Key = '' }) => ({
        request: withHoistedHeaders(request),
        bucket: Bucket,
        key: Key,
        ...(request.method === 'POST' && !request.query.has('delete') && { form: await readForm(request) }),
      }),
      finish: (request, response, requestId) => {
        const rules = buckets.get(request.path.split('/')[1]!)?.cors ?? []
        const cors = request.method === 'OPTIONS' ? {} : corsHeaders(rules, request)
        return { ...response, headers: { 'x-amz-request-id': requestId, ...cors, ...response.headers } }
      },
    }
  }

  /** Deletes expired objects, now and every hour; call it once the templates' buckets are declared. */
  start(): void {
    for (const bucket of this.#buckets.values()) this.#objects.expire(bucket, randomUUID())
    this.#sweep = this.#clock.schedule(sweepEveryMs, () => this.start())
  }

  stop(): void {
    this.#sweep?.()
  }

  /**
   * Puts an object on behalf of another emulated service.
   * @param headers stored with it, `content-type` among them; names in lower case
   * @throws AwsError NoSuchBucket
   */
  putObject(bucket: string, key: string, body: Buffer, headers: Readonly<Record<string, string>>): void {
    this.#objects.put({ bucket, key, body, headers }, { reason: 'PutObject', requestId: randomUUID() })
  }

  /** Deletes an object on behalf of another emulated service. @throws AwsError NoSuchBucket */
  deleteObject(bucket: string, key: string): void {
    this.#objects.delete(bucket, key, { reason: 'DeleteObject', requestId: randomUUID() })
  }

  /** The objects with the prefix, sorted by key. @throws AwsError NoSuchBucket */
  objects(bucket: string, prefix: string): Iterable<StoredObject> {
    return this.#objects.from(this.#buckets.require(bucket).name, prefix, '')
  }
}
