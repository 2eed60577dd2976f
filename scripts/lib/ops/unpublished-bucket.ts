import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3'

export interface Kept {
  readonly key: string
  readonly keptAt: Date
}

/** Where Lambda puts what a function could not handle: `aws/lambda/<mapping>/<shard>/<date>/…`. */
const keptPrefix = 'aws/lambda/'

/** Where an object goes when it is published, out of the way of the next time; the bucket lets it expire. */
export const donePrefix = 'republished/'

/** The relay's on-failure bucket. */
export class UnpublishedBucket {
  readonly #s3: Pick<S3Client, 'send'>
  readonly #bucket: string

  constructor(s3: Pick<S3Client, 'send'>, bucket: string) {
    this.#s3 = s3
    this.#bucket = bucket
  }

  /** What is kept, the oldest first, so that events go out in about the order in which they were stored. */
  async list(): Promise<Kept[]> {
    const kept: Kept[] = []
    let ContinuationToken: string | undefined
    do {
      const page = await this.#s3.send(
        new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: keptPrefix, ContinuationToken }),
      )
      kept.push(...(page.Contents ?? []).map(({ Key, LastModified }) => ({ key: Key!, keptAt: LastModified! })))
      ContinuationToken = page.NextContinuationToken
    } while (ContinuationToken)
    return kept.toSorted((a, b) => a.keptAt.getTime() - b.keptAt.getTime() || (a.key < b.key ? -1 : 1))
  }

  async read(Key: string): Promise<string> {
    const { Body } = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key }))
    return await Body!.transformToString()
  }

  /** Copied first and deleted after: a death in between leaves it to be published once more, and never lost. */
  async setAside(key: string): Promise<void> {
    const CopySource = `${this.#bucket}/${key.split('/').map(encodeURIComponent).join('/')}`
    await this.#s3.send(new CopyObjectCommand({ Bucket: this.#bucket, Key: `${donePrefix}${key}`, CopySource }))
    await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }))
  }
}
