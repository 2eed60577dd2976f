import * as z from 'zod'
import type { Arrival } from '../use-cases/make-thumbnails.ts'

/** S3's own event, as a rule of the default bus puts it into a queue. Its key is as it was put, not encoded for a URL. */
const ObjectCreated = z.object({
  id: z.string().min(1),
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({ bucket: z.object({ name: z.string() }), object: z.object({ key: z.string().min(1) }) }),
})

/** @throws Error when the message is no such event, or one of another bucket */
export function parseArrival(body: string, bucketName: string): Arrival {
  const { id, detail } = ObjectCreated.parse(JSON.parse(body))
  if (detail.bucket.name !== bucketName) throw new Error(`An object of ${detail.bucket.name} is not for this function.`)
  return { key: detail.object.key, eventId: id }
}
