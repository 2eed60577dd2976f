import type { Clock } from '../clock.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { Operation, WireRequest, WireResponse } from '../wire/service.ts'
import { requireField, type FormAuthenticate } from '../wire/sigv4.ts'
import { onObject, type Buckets } from './buckets.ts'
import type { Objects } from './objects.ts'
import { requirePolicy } from './post-policy.ts'
import { invalidArgument, notImplemented, requireKnown, storedHeaders, type S3Input } from './requests.ts'

/** Fields that change the response or the object in ways that are not emulated. */
const refused =
  /^(acl|tagging|redirect|success_action_.*|x-amz-(?!meta-|checksum-|algorithm$|credential$|date$|security-token$|signature$).*)$/

interface PostParts {
  readonly buckets: Buckets
  readonly objects: Objects
  readonly clock: Clock
  readonly authenticateForm: FormAuthenticate
}

/** An upload by a form; its principal is the signer of the policy. */
export const postObject = ({
  buckets,
  objects,
  clock,
  authenticateForm,
}: PostParts): Operation<S3Input & { form: UploadForm }, WireResponse> => ({
  anonymous: true,
  authenticate: ({ form }) => authenticateForm(form.fields),
  access: ({ form, bucket }) => [onObject('PutObject', { bucket, key: keyOf(form) })],
  handle({ request, bucket, form }, { requestId }) {
    requireKnown(request)
    buckets.require(bucket)
    const { fields, file } = form
    const key = keyOf(form)
    const policy = fields.get('policy')
    if (policy !== undefined) requirePolicy(policy, { fields, file, bucket }, clock.now())
    const field = [...fields.keys()].find((name) => refused.test(name))
    if (field !== undefined) throw notImplemented(`The field ${field}`)
    const object = { bucket, key, headers: storedHeaders(Object.fromEntries(fields)), body: file }
    const { etag } = objects.put(object, { reason: 'POST Object', requestId })
    const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/')
    return { status: 204, headers: { location: `http://${request.headers['host']}/${path}`, etag: `"${etag}"` } }
  },
})

function keyOf({ fields }: UploadForm): string {
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

/** S3 accepts 5 GB. The parser needs several times the size of a form, before its signature can be verified. */
const formLimitBytes = 32 * 1024 * 1024

/** @throws AwsError when the body is not a form with a file, or too large */
export async function readForm({ headers, body }: WireRequest): Promise<UploadForm> {
  const type = headers['content-type'] ?? ''
  if (!/^multipart\/form-data\s*;.*boundary=/i.test(type)) {
    const message = 'Bucket POST must be of the enclosure-type multipart/form-data'
    throw new AwsError('PreconditionFailed', message, { statusCode: 412 })
  }
  if (body.length > formLimitBytes)
    throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', {
      members: { ProposedSize: body.length, MaxSizeAllowed: formLimitBytes },
    })
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData().catch(() => {
    const message = 'The body of your POST request is not well-formed multipart/form-data.'
    throw new AwsError('MalformedPOSTRequest', message)
  })
  const fields = new Map<string, string>()
  for (const [given, value] of form) {
    const name = given.toLowerCase()
    const content = typeof value === 'string' ? Buffer.from(value) : Buffer.from(await value.arrayBuffer())
    if (name === 'file') return { fields, file: content }
    if (fields.has(name)) throw invalidArgument('The form holds more than one value of a field.', name)
    fields.set(name, content.toString('utf8'))
  }
  throw new AwsError('IncorrectNumberOfFilesInPostRequest', 'POST requires exactly one file upload per request.')
}
