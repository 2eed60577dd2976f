import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { Crc32c, Crc64Nvme } from './crc.ts'

/** `COMPOSITE`: a checksum of the parts' checksums, followed by the number of parts. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE'

export interface Checksum {
  /** As in `x-amz-checksum-<algorithm>`: `crc32`, `sha256` … */
  readonly algorithm: string
  /** base64 */
  readonly value: string
  /** @default FULL_OBJECT */
  readonly type?: ChecksumType
}

/** An incremental checksum. */
interface Digest {
  update(bytes: Buffer): void
  /** base64 */
  value(): string
}

const digests: Record<string, () => Digest> = {
  crc32: () => {
    let crc = 0
    return { update: (bytes) => (crc = crc32(bytes, crc)), value: () => base64Of(crc) }
  },
  crc32c: () => new Crc32c(),
  crc64nvme: () => new Crc64Nvme(),
  sha1: () => hash('sha1'),
  sha256: () => hash('sha256'),
}

/** @returns undefined when there is no such algorithm */
export const startDigest = (algorithm: string): Digest | undefined =>
  Object.hasOwn(digests, algorithm) ? digests[algorithm]!() : undefined

/** @throws TypeError when there is no such algorithm */
export function checksumOf(algorithm: string, ...pieces: Buffer[]): string {
  const digest = digests[algorithm]!()
  for (const piece of pieces) digest.update(piece)
  return digest.value()
}

/** The response headers of a checksum; those of a part do not have the type. */
export const checksumHeaders = (checksum: Checksum | undefined, { type = true } = {}): Record<string, string> =>
  checksum
    ? {
        [`x-amz-checksum-${checksum.algorithm}`]: checksum.value,
        ...(type && { 'x-amz-checksum-type': checksum.type ?? 'FULL_OBJECT' }),
      }
    : {}

/** The XML element of a checksum: `{ ChecksumCRC32: … }` */
export const checksumElements = (checksum: Checksum | undefined): Record<string, string> =>
  checksum ? { [checksumElement(checksum.algorithm)]: checksum.value } : {}

export const checksumElement = (algorithm: string) => `Checksum${algorithm.toUpperCase()}`

const base64Of = (crc: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc)
  return bytes.toString('base64')
}

function hash(algorithm: string): Digest {
  const hashing = createHash(algorithm)
  return { update: (bytes) => void hashing.update(bytes), value: () => hashing.digest('base64') }
}
