import type { WireRequest } from '../wire/service.ts'
import { getBucketLocation, headBucket, listBuckets, listObjects, preflightBucket } from './bucket-operations.ts'
import { copyObject } from './copy-object.ts'
import { deleteObject, deleteObjects } from './delete-objects.ts'
import { getObject, headObject } from './get-object.ts'
import { postObject } from './post-object.ts'
import { putObject } from './put-object.ts'
import { notImplemented } from './s3-error.ts'
import type { S3Operation } from './s3-request.ts'

/** Operations by method, and by the query parameter of a subresource. */
const ofService: Record<string, S3Operation> = { GET: listBuckets }

const ofBucket: Record<string, S3Operation> = {
  GET: listObjects,
  'GET ?location': getBucketLocation,
  HEAD: headBucket,
  POST: postObject,
  'POST ?delete': deleteObjects,
  OPTIONS: preflightBucket,
}

const ofObject: Record<string, S3Operation> = {
  GET: getObject,
  HEAD: headObject,
  PUT: (input, context) =>
    (input.request.headers['x-amz-copy-source'] === undefined ? putObject : copyObject)(input, context),
  DELETE: deleteObject,
  OPTIONS: preflightBucket,
}

/** The keys of the service's table of operations. */
export const routes = [
  ...Object.keys(ofService).map((key) => `${key} /`),
  ...Object.keys(ofBucket).map((key) => key.replace(/ |$/, ' /{Bucket}')),
  ...Object.keys(ofObject).map((key) => `${key} /{Bucket}/{Key+}`),
]

/** @throws AwsError NotImplemented */
export function operationFor({ method, path, query }: WireRequest, bucket: string, key: string): S3Operation {
  const operations = bucket === '' ? ofService : key === '' ? ofBucket : ofObject
  const subresource = [...query.keys()].find((name) => operations[`${method} ?${name}`] !== undefined)
  const operation = operations[subresource === undefined ? method : `${method} ?${subresource}`]
  if (!operation) throw notImplemented(`${method} ${path}`)
  return operation
}
