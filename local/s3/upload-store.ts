import { randomBytes } from 'node:crypto'
import type { State } from '../state/state.ts'
import type { Blob, BlobFiles } from './blob-files.ts'
import type { Checksum, ChecksumType } from './checksums.ts'
import { noSuchUpload } from './s3-error.ts'

/** A multipart upload that is neither completed nor aborted. */
export interface Upload {
  readonly uploadId: string
  readonly bucket: string
  readonly key: string
  readonly initiatedMs: number
  /** The headers to store with the object. */
  readonly headers: Readonly<Record<string, string>>
  /** The checksum that the client requested; each part has a checksum of the same algorithm. */
  readonly checksum?: { readonly algorithm: string; readonly type: ChecksumType }
}

export interface Part extends Blob {
  readonly number: number
  readonly modifiedMs: number
  readonly checksum: Checksum
}

interface UploadRow {
  upload_id: string
  bucket: string
  key: string
  initiated_ms: number
  headers: string
  checksum: string | null
}

interface PartRow {
  number: number
  file: string
  size: number
  md5: string
  modified_ms: number
  checksum: string
}

const schema = `CREATE TABLE IF NOT EXISTS s3_upload (
  upload_id TEXT PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, initiated_ms INTEGER NOT NULL,
  headers TEXT NOT NULL, checksum TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS s3_part (
  upload_id TEXT NOT NULL REFERENCES s3_upload, number INTEGER NOT NULL, file TEXT NOT NULL, size INTEGER NOT NULL,
  md5 TEXT NOT NULL, modified_ms INTEGER NOT NULL, checksum TEXT NOT NULL,
  PRIMARY KEY (upload_id, number)) WITHOUT ROWID`

/** Multipart uploads and their parts; a deleted part's file is removed after the commit. */
export class UploadStore {
  readonly #state: State
  readonly #files: BlobFiles

  constructor(state: State, files: BlobFiles) {
    this.#state = state
    this.#files = files
    state.define(schema)
  }

  create(upload: Omit<Upload, 'uploadId'>): Upload {
    const uploadId = randomBytes(32).toString('base64url')
    const { bucket, key, initiatedMs, headers, checksum } = upload
    this.#state.run(
      'INSERT INTO s3_upload VALUES (?, ?, ?, ?, ?, ?)',
      uploadId,
      bucket,
      key,
      initiatedMs,
      JSON.stringify(headers),
      checksum ? JSON.stringify(checksum) : null,
    )
    return { ...upload, uploadId }
  }

  /** @throws AwsError NoSuchUpload, also when the upload has another key */
  get(bucket: string, key: string, uploadId: string): Upload {
    const row = this.#state.get<UploadRow>('SELECT * FROM s3_upload WHERE upload_id = ?', uploadId)
    if (row?.bucket !== bucket || row.key !== key) throw noSuchUpload()
    return toUpload(row)
  }

  /** The uploads of a bucket, sorted by key and then by time of initiation. */
  list(bucket: string): Upload[] {
    const sql = 'SELECT * FROM s3_upload WHERE bucket = ? ORDER BY key, initiated_ms, upload_id'
    return this.#state.all<UploadRow>(sql, bucket).map(toUpload)
  }

  /** Replaces a part with the same number. */
  putPart({ uploadId }: Upload, part: Part): void {
    const { number, file, size, md5, modifiedMs, checksum } = part
    const sum = JSON.stringify(checksum)
    try {
      this.#state.transaction(() => {
        const previous = this.#state.get<PartRow>(
          'SELECT * FROM s3_part WHERE upload_id = ? AND number = ?',
          uploadId,
          number,
        )
        const sql = 'INSERT OR REPLACE INTO s3_part VALUES (?, ?, ?, ?, ?, ?, ?)'
        this.#state.run(sql, uploadId, number, file, size, md5, modifiedMs, sum)
        if (previous) this.#removeFile(previous.file)
      })
    } catch (error) {
      this.#files.remove(file)
      throw error
    }
  }

  /** Sorted by number. */
  parts({ uploadId }: Upload): Part[] {
    const rows = this.#state.all<PartRow>('SELECT * FROM s3_part WHERE upload_id = ? ORDER BY number', uploadId)
    return rows.map((row) => ({ ...row, modifiedMs: row.modified_ms, checksum: JSON.parse(row.checksum) as Checksum }))
  }

  /** Removes the upload with all of its parts. */
  delete(upload: Upload): void {
    this.#state.transaction(() => {
      for (const { file } of this.parts(upload)) this.#removeFile(file)
      this.#state.run('DELETE FROM s3_part WHERE upload_id = ?', upload.uploadId)
      this.#state.run('DELETE FROM s3_upload WHERE upload_id = ?', upload.uploadId)
    })
  }

  /** The names of all files that parts refer to. */
  files(): string[] {
    return this.#state.all<{ file: string }>('SELECT file FROM s3_part').map((row) => row.file)
  }

  #removeFile(file: string): void {
    this.#state.afterCommit(() => this.#files.remove(file))
  }
}

const toUpload = (row: UploadRow): Upload => ({
  uploadId: row.upload_id,
  bucket: row.bucket,
  key: row.key,
  initiatedMs: row.initiated_ms,
  headers: JSON.parse(row.headers),
  ...(row.checksum !== null && { checksum: JSON.parse(row.checksum) as Upload['checksum'] }),
})
