import type { Clock } from '../clock.ts'
import { missing, type FormAuthenticate } from '../wire/form-signature.ts'
import type { WireRequest } from '../wire/service.ts'
import { onObject, type Buckets } from './buckets.ts'
import { readForm, type UploadForm } from './form-data.ts'
import { storedHeaders } from './object-headers.ts'
import type { Objects } from './objects.ts'
import { parsePolicy, requireLength, requirePolicy } from './post-policy.ts'
import { invalidArgument, notImplemented, requireKnown, type S3Operation } from './requests.ts'

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
    authenticate: (request) => authenticateForm(formOf(request).fields),
    access: ({ request, bucket }) => [onObject('PutObject', { bucket, key: keyOf(formOf(request)) })],
    handle({ request, bucket }, { requestId }) {
      requireKnown(request)
      buckets.get(bucket)
      const { fields, file } = formOf(request)
      const key = keyOf({ fields })
      const text = fields.get('policy')
      if (text !== undefined) {
        const policy = parsePolicy(text)
        requirePolicy(policy, { fields, bucket }, clock.now())
        requireLength(policy, file.length)
      }
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
  const key = fields.get('key') ?? missing('key')
  if (key === '') throw invalidArgument('User key must have a length greater than 0.', 'key')
  if (key.includes('${filename}')) throw notImplemented('${filename} in a key')
  return key
}
