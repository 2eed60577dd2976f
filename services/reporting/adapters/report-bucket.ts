import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { reportFormats, type ReportFiles, type ReportFormat } from '../ports.ts'

const linkLifetimeSeconds = 5 * 60

const contentTypes = {
  csv: 'text/csv; charset=utf-8',
  html: 'text/html; charset=utf-8',
} as const satisfies Record<ReportFormat, string>

const keyOf = (day: string, format: ReportFormat) => `sales/${day}.${format}`

export const reportBucket = (client: S3Client, Bucket: string): ReportFiles => ({
  async put(day, files) {
    for (const format of reportFormats) {
      const object = { Bucket, Key: keyOf(day, format), Body: files[format], ContentType: contentTypes[format] }
      await client.send(new PutObjectCommand(object))
    }
  },

  linkTo(day, format) {
    const request = new GetObjectCommand({ Bucket, Key: keyOf(day, format) })
    return getSignedUrl(client, request, { expiresIn: linkLifetimeSeconds })
  },
})
