import { missing } from '../wire/form-signature.ts'
import type { WireRequest, WireResponse } from '../wire/service.ts'
import { requireOwnOrigin } from '../wire/web-origin.ts'
import { readForm, type UploadForm } from './form-data.ts'
import { storedHeaders, refuseUnsupportedWrite, requireKey } from './object-headers.ts'
import { objectOf, type StoredObject } from './object-store.ts'
import { parsePolicy, requireLength, requirePolicy } from './post-policy.ts'
import { verifiedChecksum } from './request-body.ts'
import { invalidArgument } from './s3-error.ts'
import { onObject, requireKnownQuery, type S3Context, type S3Operation } from './s3-request.ts'
import { xmlResponse } from './xml-document.ts'

/** An upload by a form; its principal is the signer of the policy. */
export const postObject: S3Operation = ({ request, call, bucket }, context) => {
  requireKnownQuery(request, [])
  context.buckets.get(bucket)
  const form = readForm(request)
  const key = keyOf(form)
  requireAllowed(form, bucket, key, request, context)
  requireKey(key)
  const headers = headersOf(form)
  refuseUnsupportedWrite(headers)
  const checksum = verifiedChecksum(form.file, headers)
  const written = {
    bucket,
    key,
    headers: storedHeaders(headers),
    checksum,
    ...objectOf(context.files.write(form.file)),
  }
  const object = context.objects.put(written, { reason: 'POST Object', requestId: call.requestId })
  return answer(request, form.fields, object)
}

function keyOf({ fields, filename }: UploadForm): string {
  const key = (fields.get('key') ?? missing('key')).replaceAll('${filename}', () => filename)
  if (key === '') throw invalidArgument('User key must have a length greater than 0.', 'key')
  return key
}

/** Checks the signature, the policy, the signer's IAM policies and the size, in that order. */
function requireAllowed(
  { fields, file }: UploadForm,
  bucket: string,
  key: string,
  request: WireRequest,
  context: S3Context,
): void {
  const principal = context.authenticateForm(fields)
  requireOwnOrigin(request.headers, principal)
  const text = fields.get('policy')
  const policy = text === undefined ? undefined : parsePolicy(text)
  if (policy) requirePolicy(policy, { fields: new Map([...fields, ['key', key]]), bucket }, context.clock.now())
  context.access.require(principal, onObject('PutObject', { bucket, key }))
  if (policy) requireLength(policy, file.length)
}

/** Converts form fields to the headers of a PUT. */
function headersOf({ fields }: UploadForm): Record<string, string> {
  const headers = Object.fromEntries(fields)
  const { acl, tagging } = headers
  return {
    ...headers,
    ...(acl !== undefined && { 'x-amz-acl': acl }),
    ...(tagging !== undefined && { 'x-amz-tagging': tagging }),
  }
}

/** By default an empty 204; the form may request a redirect, 200, or 201 with a document. */
function answer(request: WireRequest, fields: UploadForm['fields'], object: StoredObject): WireResponse {
  const ETag = `"${object.etag}"`
  const Location = locationOf(request, object)
  const redirect = redirectTo(fields.get('success_action_redirect') ?? fields.get('redirect'), object)
  if (redirect !== undefined) return { status: 303, headers: { location: redirect, etag: ETag } }
  const headers = { location: Location, etag: ETag }
  switch (fields.get('success_action_status')) {
    case '200':
      return { status: 200, headers }
    case '201': {
      const { bucket: Bucket, key: Key } = object
      const document = xmlResponse('PostResponse', { Location, Bucket, Key, ETag })
      return { ...document, status: 201, headers: { ...document.headers, ...headers } }
    }
    default:
      return { status: 204, headers }
  }
}

const locationOf = ({ headers }: WireRequest, { bucket, key }: StoredObject) =>
  `http://${headers['host']}/${[bucket, ...key.split('/')].map(encodeURIComponent).join('/')}`

/** An invalid URL is ignored. */
function redirectTo(text: string | undefined, { bucket, key, etag }: StoredObject): string | undefined {
  const url = URL.parse(text ?? '')
  for (const [name, value] of Object.entries({ bucket, key, etag: `"${etag}"` })) url?.searchParams.append(name, value)
  return url?.href
}
