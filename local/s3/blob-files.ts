import { createHash, randomUUID } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'

/** Bytes that are stored completely in a file. */
export interface Blob {
  /** The file's unique name. */
  readonly file: string
  readonly size: number
  /** MD5 of the bytes, in hex. */
  readonly md5: string
}

/** A range of a file; `end` is its last byte, as in the header `range`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** Writes `bytes` from `offset` on. @returns the number of bytes written, which may be fewer */
export type WritePiece = (descriptor: number, bytes: Buffer, offset: number) => number

/** Error codes of a full disk and of an exceeded disk quota. */
const fullCodes: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT'])

/** Larger ranges are streamed. */
const bufferedBytes = 1024 * 1024
const pieceBytes = 4 * 1024 * 1024

/** The names of the files that are written here: a UUID, with `.part` until the file is complete. */
const blobName = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}(\.part)?$/

/**
 * The bytes of objects and of parts, in files of one directory. A file is renamed to its final name once it is complete
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
    return this.#write([body])
  }

  /** Concatenates ranges of files to a new file. @param onPiece receives all bytes in order */
  join(pieces: readonly { file: string; range: ByteRange }[], onPiece: (bytes: Buffer) => void = () => {}): Blob {
    return this.#write(this.#pieces(pieces), onPiece)
  }

  /** @returns a buffer of up to 1 MiB, else a stream, which a later removal of the file does not interrupt */
  read(file: string, range: ByteRange): Buffer | Readable {
    const { start, end } = range
    if (end - start < bufferedBytes) return Buffer.concat([...this.#pieces([{ file, range }])])
    return createReadStream('', { fd: openSync(this.#path(file), 'r'), start, end })
  }

  remove(file: string): void {
    rmSync(this.#path(file), { force: true })
  }

  /** Removes files of a process that was killed before it committed their rows. */
  sweep(known: ReadonlySet<string>): void {
    removeBlobs(this.#directory, known)
  }

  #write(pieces: Iterable<Buffer>, onPiece: (bytes: Buffer) => void = () => {}): Blob {
    const file = randomUUID()
    const temporary = this.#path(`${file}.part`)
    const md5 = createHash('md5')
    let size = 0
    try {
      const descriptor = openSync(temporary, 'wx')
      try {
        for (const piece of pieces) {
          this.#writeWhole(descriptor, piece)
          md5.update(piece)
          size += piece.length
          onPiece(piece)
        }
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
    return { file, size, md5: md5.digest('hex') }
  }

  #writeWhole(descriptor: number, bytes: Buffer): void {
    for (let written = 0; written < bytes.length;) written += this.#writePiece(descriptor, bytes, written)
  }

  *#pieces(pieces: readonly { file: string; range: ByteRange }[]): Generator<Buffer> {
    for (const { file, range } of pieces) {
      const descriptor = openSync(this.#path(file), 'r')
      try {
        for (let position = range.start; position <= range.end;) {
          const piece = Buffer.allocUnsafe(Math.min(pieceBytes, range.end - position + 1))
          const bytes = readSync(descriptor, piece, 0, piece.length, position)
          if (bytes === 0) throw new Error(`The file ${file} of an object is shorter than its row records.`)
          position += bytes
          yield piece.subarray(0, bytes)
        }
      } finally {
        closeSync(descriptor)
      }
    }
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

export const wholeOf = ({ size }: { size: number }): ByteRange => ({ start: 0, end: size - 1 })
