import { AwsError } from '../wire/aws-error.ts'
import type { ByteRange } from './blob-files.ts'

/**
 * The range that the header `range` requests of an object of `size` bytes.
 * @returns undefined for the whole object: several ranges, another unit and malformed headers are ignored
 * @throws AwsError InvalidRange
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first, last] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  if (start > end) throw invalidRange(header!, size)
  return { start, end }
}

export const contentRange = ({ start, end }: ByteRange, size: number) => `bytes ${start}-${end}/${size}`

const invalidRange = (RangeRequested: string, ActualObjectSize: number) =>
  new AwsError('InvalidRange', 'The requested range is not satisfiable', {
    statusCode: 416,
    members: { RangeRequested, ActualObjectSize },
  })
