import { createHash, randomUUID } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Bytes that are stored completely in a file. */
export interface Blob {
  /** The file's unique name. */
  readonly file: string
  readonly size: number
  /** MD5 of the bytes, in hex. */
  readonly md5: string
}

/** Writes `bytes` from `offset` on. @returns the number of bytes written, which may be fewer */
export type WritePiece = (descriptor: number, bytes: Buffer, offset: number) => number

/** Error codes of a full disk and of an exceeded disk quota. */
const fullCodes: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT'])

/** The names of the files that are written here: a UUID, with `.part` until the file is complete. */
const blobName = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}(\.part)?$/

/**
 * The bytes of objects, in files of one directory. A file is renamed to its final name once it is complete
 * and never changes, so that a row never refers to a partial file; files without a row are removed at the start.
 */
export class BlobFiles {
  readonly #directory: string
  readonly #onFull: () => void
  readonly #writePiece: WritePiece

  /**
   * @param options.onFull called when the disk is full, before the caller gets the error; no partial file remains
   * @param options.writePiece @default `writeSync` of node:fs
   */
  constructor(directory: string, options: { onFull?: (() => void) | undefined; writePiece?: WritePiece } = {}) {
    this.#directory = directory
    this.#onFull = options.onFull ?? (() => {})
    this.#writePiece = options.writePiece ?? writeSync
    mkdirSync(directory, { recursive: true })
  }

  write(body: Buffer): Blob {
    const file = randomUUID()
    const temporary = this.#path(`${file}.part`)
    try {
      const descriptor = openSync(temporary, 'wx')
      try {
        for (let written = 0; written < body.length;) written += this.#writePiece(descriptor, body, written)
      } finally {
        closeSync(descriptor)
      }
      renameSync(temporary, this.#path(file))
    } catch (error) {
      // A partial file must not take up space on a full disk.
      rmSync(temporary, { force: true })
      if (fullCodes.has((error as NodeJS.ErrnoException).code)) this.#onFull()
      throw error
    }
    return { file, size: body.length, md5: createHash('md5').update(body).digest('hex') }
  }

  read(file: string): Buffer {
    return readFileSync(this.#path(file))
  }

  remove(file: string): void {
    rmSync(this.#path(file), { force: true })
  }

  /** Removes files of a process that was killed before it committed their rows. */
  sweep(known: ReadonlySet<string>): void {
    removeBlobs(this.#directory, known)
  }

  #path(file: string): string {
    return join(this.#directory, file)
  }
}

/** Removes the files that `BlobFiles` wrote in a directory, except the known ones. Any other entry is the user's, and stays. */
export function removeBlobs(directory: string, known: ReadonlySet<string> = new Set()): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isFile() && blobName.test(entry.name) && !known.has(entry.name)) rmSync(join(directory, entry.name))
  }
}
