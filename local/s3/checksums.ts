import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { crc64Nvme } from './crc.ts'

export interface Checksum {
  /** As in `x-amz-checksum-<algorithm>`: `crc32`, `sha256` … */
  readonly algorithm: string
  /** base64 */
  readonly value: string
}

/** Each returns base64. */
const algorithms: Readonly<Record<string, (bytes: Buffer) => string>> = {
  crc32: (bytes) => {
    const value = Buffer.alloc(4)
    value.writeUInt32BE(crc32(bytes))
    return value.toString('base64')
  },
  crc64nvme: crc64Nvme,
  sha256: (bytes) => createHash('sha256').update(bytes).digest('base64'),
}

export const isAlgorithm = (name: string): boolean => Object.hasOwn(algorithms, name)

/** @throws TypeError when there is no such algorithm */
export const checksumOf = (algorithm: string, bytes: Buffer): string => algorithms[algorithm]!(bytes)

/** The response headers of a checksum. */
export const checksumHeaders = (checksum: Checksum | undefined): Record<string, string> =>
  checksum ? { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value, 'x-amz-checksum-type': 'FULL_OBJECT' } : {}

/** The XML element of a checksum: `{ ChecksumCRC32: … }` */
export const checksumElements = ({ algorithm, value }: Checksum): Record<string, string> => ({
  [`Checksum${algorithm.toUpperCase()}`]: value,
})
