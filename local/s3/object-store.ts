import type { State } from '../state/state.ts'
import type { Blob, BlobFiles } from './blob-files.ts'
import type { Checksum } from './checksums.ts'

export interface StoredObject {
  readonly bucket: string
  readonly key: string
  readonly file: string
  readonly size: number
  /** The MD5 of the bytes in hex, without quotes. */
  readonly etag: string
  readonly modifiedMs: number
  /** `content-type`, `cache-control` … and `x-amz-meta-…`, as they are returned. */
  readonly headers: Readonly<Record<string, string>>
  readonly checksum?: Checksum
}

interface ObjectRow {
  bucket: string
  key: string
  file: string
  size: number
  etag: string
  modified_ms: number
  headers: string
  checksum: string | null
}

const schema = `CREATE TABLE IF NOT EXISTS s3_object (
  bucket TEXT NOT NULL, key TEXT NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
  modified_ms INTEGER NOT NULL, headers TEXT NOT NULL, checksum TEXT, PRIMARY KEY (bucket, key)) WITHOUT ROWID`

/** The metadata of objects; their bytes are in files, and a deleted object's file is removed after the commit. */
export class ObjectStore {
  readonly #state: State
  readonly #files: BlobFiles

  constructor(state: State, files: BlobFiles) {
    this.#state = state
    this.#files = files
    state.define(schema)
  }

  /** Replaces an object with the same key. */
  put(object: StoredObject): void {
    const previous = this.#row(object.bucket, object.key)
    this.#state.run(
      'INSERT OR REPLACE INTO s3_object VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      object.bucket,
      object.key,
      object.file,
      object.size,
      object.etag,
      object.modifiedMs,
      JSON.stringify(object.headers),
      object.checksum ? JSON.stringify(object.checksum) : null,
    )
    if (previous) this.#removeFile(previous.file)
  }

  find(bucket: string, key: string): StoredObject | undefined {
    const row = this.#row(bucket, key)
    return row && toObject(row)
  }

  /** @returns the deleted object, or undefined when there was none */
  delete(bucket: string, key: string): StoredObject | undefined {
    const row = this.#row(bucket, key)
    if (!row) return undefined
    this.#state.run('DELETE FROM s3_object WHERE bucket = ? AND key = ?', bucket, key)
    this.#removeFile(row.file)
    return toObject(row)
  }

  /** The objects with the prefix whose keys follow `after`, sorted by the UTF-8 bytes of their keys. */
  *from(bucket: string, prefix: string, after: string): Generator<StoredObject> {
    const rows = this.#state.iterate<ObjectRow>(
      'SELECT * FROM s3_object WHERE bucket = ? AND key >= ? AND key > ? ORDER BY key',
      bucket,
      prefix,
      after,
    )
    for (const row of rows) {
      if (!row.key.startsWith(prefix)) return
      yield toObject(row)
    }
  }

  /** The names of all files that objects refer to. */
  files(): string[] {
    return this.#state.all<{ file: string }>('SELECT file FROM s3_object').map((row) => row.file)
  }

  #row(bucket: string, key: string): ObjectRow | undefined {
    return this.#state.get<ObjectRow>('SELECT * FROM s3_object WHERE bucket = ? AND key = ?', bucket, key)
  }

  #removeFile(file: string): void {
    this.#state.afterCommit(() => this.#files.remove(file))
  }
}

const toObject = (row: ObjectRow): StoredObject => ({
  bucket: row.bucket,
  key: row.key,
  file: row.file,
  size: row.size,
  etag: row.etag,
  modifiedMs: row.modified_ms,
  headers: JSON.parse(row.headers),
  ...(row.checksum !== null && { checksum: JSON.parse(row.checksum) as Checksum }),
})

/** The object fields of bytes that were written in one piece. */
export const objectOf = ({ file, size, md5 }: Blob) => ({ file, size, etag: md5 })
