import type { Clock } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { WireRequest } from '../wire/service.ts'
import { requireField, type FormAuthenticate } from '../wire/sigv4.ts'
import { onObject, type Buckets } from './buckets.ts'
import type { Objects } from './objects.ts'
import { requirePolicy } from './post-policy.ts'
import { invalidArgument, notImplemented, requireKnown, storedHeaders, type S3Operation } from './requests.ts'

/** Fields that change the response or the object in ways that are not emulated. */
const refused =
  /^(acl|tagging|redirect|success_action_.*|x-amz-(?!meta-|checksum-|algorithm$|credential$|date$|security-token$|signature$).*)$/

/** An upload by a form; its principal is the signer of the policy. */
export function postObject({
  buckets,
  objects,
  clock,
  authenticateForm,
}: {
  buckets: Buckets
  objects: Objects
  clock: Clock
  authenticateForm: FormAuthenticate
}): S3Operation {
  const forms = new WeakMap<WireRequest, UploadForm>()
  const formOf = (request: WireRequest) => {
    const form = forms.get(request) ?? readForm(request)
    forms.set(request, form)
    return form
  }
  return {
    anonymous: true,
    authenticate: ({ request }) => authenticateForm(formOf(request).fields),
    access: ({ request, bucket }) => [onObject('PutObject', { bucket, key: keyOf(formOf(request)) })],
    handle({ request, bucket }, { requestId }) {
      requireKnown(request)
      buckets.get(bucket)
      const { fields, file } = formOf(request)
      const key = keyOf({ fields })
      const policy = fields.get('policy')
      if (policy !== undefined) requirePolicy(policy, { fields, file, bucket }, clock.now())
      const field = [...fields.keys()].find((name) => refused.test(name))
      if (field !== undefined) throw notImplemented(`The field ${field}`)
      const object = { bucket, key, headers: storedHeaders(Object.fromEntries(fields)), body: file }
      const { etag } = objects.put(object, { reason: 'POST Object', requestId })
      const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/')
      return { status: 204, headers: { location: `http://${request.headers['host']}/${path}`, etag: `"${etag}"` } }
    },
  }
}

function keyOf({ fields }: Pick<UploadForm, 'fields'>): string {
  const key = requireField(fields, 'key')
  if (key === '') throw invalidArgument('User key must have a length greater than 0.', 'key')
  if (key.includes('${filename}')) throw notImplemented('${filename} in a key')
  return key
}

/** A form upload: the fields before the file, with names in lower case, and the file; fields after it are ignored. */
interface UploadForm {
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
