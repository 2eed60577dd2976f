import { AwsError } from '../wire/aws-error.ts'
import type { ByteRange } from './blob-files.ts'

/**
 * What the header `range` asks for of so many bytes.
 * @returns undefined when all is to be answered: several ranges, another unit and what cannot be read are passed over
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

export const invalidRange = (RangeRequested: string, ActualObjectSize: number) =>
  new AwsError('InvalidRange', 'The requested range is not satisfiable', {
    statusCode: 416,
    members: { RangeRequested, ActualObjectSize },
  })
