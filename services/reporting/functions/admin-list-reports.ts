import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { reportBucket } from '../adapters/report-bucket.ts'
import { reportTable } from '../adapters/report-table.ts'
import { listReportsHandler } from '../handlers/list-reports.ts'

const { REPORT_BUCKET } = readEnv(z.object({ REPORT_BUCKET: z.string().min(1) }))

export const handler = listReportsHandler({
  reports: reportTable(tableFromEnv()),
  files: reportBucket(new S3Client(clientConfiguration), REPORT_BUCKET),
  now: () => new Date(),
})
