import { AwsError } from '../wire/aws-error.ts'
import type { WireRequest } from '../wire/service.ts'
import { invalidArgument } from './s3-error.ts'

/** A form upload: the fields before the file, with names in lower case, and the file; fields after it are ignored. */
export interface UploadForm {
  readonly fields: ReadonlyMap<string, string>
  readonly file: Buffer
  /** The client's file name, without folders; empty when absent. */
  readonly filename: string
}

const fieldsLimitBytes = 20 * 1024

/** @throws AwsError when the body is not a form with exactly one file */
export function readForm({ headers, body }: WireRequest): UploadForm {
  const type = headers['content-type'] ?? ''
  const boundary = /^multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type)
  if (!boundary) throw notMultipart()
  const fields = new Map<string, string>()
  let fieldBytes = 0
  for (const part of partsOf(body, boundary[1] ?? boundary[2]!)) {
    const { name, filename } = disposition(part.head)
    if (name === 'file') return { fields, file: part.content, filename: filename.replace(/^.*[/\\]/s, '') }
    if (fields.has(name)) throw invalidArgument('The form holds more than one value of a field.', name)
    fieldBytes += part.content.length
    if (fieldBytes > fieldsLimitBytes) throw tooManyFields()
    fields.set(name, part.content.toString('utf8'))
  }
  throw new AwsError('IncorrectNumberOfFilesInPostRequest', 'POST requires exactly one file upload per request.')
}

/** Parts are separated by lines of `--<boundary>`; their bytes may contain anything but such a line. */
function* partsOf(body: Buffer, boundary: string): Generator<{ head: string; content: Buffer }> {
  let delimiter = findDelimiter(body, boundary, 0)
  while (delimiter && !delimiter.isLast) {
    const headEnd = body.indexOf('\r\n\r\n', delimiter.end)
    const next = headEnd < 0 ? undefined : findDelimiter(body, boundary, headEnd + 2)
    if (!next || next.start < headEnd + 4) throw malformed()
    yield {
      head: body.toString('utf8', delimiter.end, headEnd),
      content: body.subarray(headEnd + 4, next.start),
    }
    delimiter = next
  }
  if (!delimiter) throw malformed()
}

/** @returns the start of the boundary line, including the line break before it, and its end */
function findDelimiter(body: Buffer, boundary: string, from: number) {
  const line = `--${boundary}`
  for (let at = body.indexOf(line, from, 'latin1'); at >= 0; at = body.indexOf(line, at + 1, 'latin1')) {
    const isLineStart = at === 0 || body.toString('latin1', at - 2, at) === '\r\n'
    const [end] = /^(?:--|[ \t]*\r\n)/.exec(body.toString('latin1', at + line.length, at + line.length + 64)) ?? []
    if (isLineStart && end !== undefined) {
      return { start: Math.max(0, at - 2), end: at + line.length + end.length, isLast: end === '--' }
    }
  }
  return undefined
}

/** `Content-Disposition: form-data; name="…"; filename="…"` */
function disposition(head: string): { name: string; filename: string } {
  const lines = head.split('\r\n')
  if (lines.some((header) => !/^[^:\s]+\s*:/.test(header))) throw malformed()
  const line = lines.find((header) => /^content-disposition\s*:\s*form-data\s*;/i.test(header))
  const parameters = [...(line ?? '').matchAll(/;\s*([^=\s;]+)\s*=\s*(?:"((?:\\"|[^"])*)"|([^;\s]*))/g)]
  const value = (name: string) => {
    const found = parameters.find((parameter) => parameter[1]!.toLowerCase() === name)
    return found && (found[2]?.replaceAll('\\"', '"') ?? found[3])
  }
  const name = value('name')
  if (!name) throw malformed()
  return { name: name.toLowerCase(), filename: value('filename') ?? '' }
}

const malformed = () =>
  new AwsError('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.')

const notMultipart = () =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    statusCode: 412,
    members: { Condition: 'Bucket POST must be of the enclosure-type multipart/form-data' },
  })

const tooManyFields = () =>
  new AwsError('MaxPostPreDataLengthExceeded', 'Your POST request fields preceding the upload file were too large.')
