import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import { refundTable } from '../adapters/refund-table.ts'
import { reportBucket } from '../adapters/report-bucket.ts'
import { reportTable } from '../adapters/report-table.ts'
import { salesTable } from '../adapters/sales-table.ts'
import { makeDailyReportHandler } from '../handlers/make-daily-report.ts'

const env = readEnv(z.object({ REPORT_BUCKET: z.string().min(1), TIME_ZONE: z.string().min(1) }))
const table = tableFromEnv()

export const handler = makeDailyReportHandler({
  sales: salesTable(table),
  refunds: refundTable(table),
  files: reportBucket(new S3Client(clientConfiguration), env.REPORT_BUCKET),
  reports: reportTable(table),
  timeZone: env.TIME_ZONE,
  now: () => new Date(),
})
