import { AwsError } from '../wire/aws-error.ts'
import type { WireRequest } from '../wire/service.ts'
import { invalidArgument } from './requests.ts'

/** A form upload: the fields before the file, with names in lower case, and the file; fields after it are ignored. */
export interface UploadForm {
  readonly fields: ReadonlyMap<string, string>
  readonly file: Buffer
}

/** @throws AwsError when the body is not a form with a file */
export function readForm({ headers, body }: WireRequest): UploadForm {
  const boundary = /^multipart\/form-data\s*;.*\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(headers['content-type'] ?? '')
  if (!boundary) {
    const message = 'Bucket POST must be of the enclosure-type multipart/form-data'
    throw new AwsError('PreconditionFailed', message, { statusCode: 412 })
  }
  const fields = new Map<string, string>()
  for (const { head, content } of partsOf(body, `--${boundary[1] ?? boundary[2]!}`)) {
    const name = /^content-disposition\s*:\s*form-data\s*;.*?\bname="([^"]+)"/im.exec(head)?.[1]?.toLowerCase()
    if (name === undefined) throw malformed()
    if (name === 'file') return { fields, file: content }
    if (fields.has(name)) throw invalidArgument('The form holds more than one value of a field.', name)
    fields.set(name, content.toString('utf8'))
  }
  throw new AwsError('IncorrectNumberOfFilesInPostRequest', 'POST requires exactly one file upload per request.')
}

/** Each part begins with a line of the delimiter and ends before the line break that precedes the next one. */
function* partsOf(body: Buffer, delimiter: string): Generator<{ head: string; content: Buffer }> {
  const lineEnd = (at: number) => body.toString('latin1', at + delimiter.length, at + delimiter.length + 2)
  // Bytes of a file may resemble the delimiter: its line ends with it, or with `--` after the last part.
  const findNext = (from: number) => {
    let at = body.indexOf(`\r\n${delimiter}`, from, 'latin1')
    while (at >= 0 && !['\r\n', '--'].includes(lineEnd(at + 2))) at = body.indexOf(`\r\n${delimiter}`, at + 1, 'latin1')
    return at
  }
  if (!body.subarray(0, delimiter.length).equals(Buffer.from(delimiter, 'latin1'))) throw malformed()
  for (let start = 0; lineEnd(start) === '\r\n';) {
    const headStart = start + delimiter.length + 2
    const headEnd = body.indexOf('\r\n\r\n', headStart)
    const next = headEnd < 0 ? -1 : findNext(headEnd + 2)
    if (next < headEnd + 2) throw malformed()
    yield { head: body.toString('utf8', headStart, headEnd), content: body.subarray(headEnd + 4, next) }
    start = next + 2
  }
}

const malformed = () =>
  new AwsError('MalformedPOSTRequest', 'The body of your POST request is not well-formed multipart/form-data.')
