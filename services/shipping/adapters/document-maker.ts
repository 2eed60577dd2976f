import { S3Client } from '@aws-sdk/client-s3'
import * as z from 'zod'
import type { Table } from '#shared/dynamodb/table.ts'
import { clientConfiguration } from '#shared/lambda/client-configuration.ts'
import { readEnv } from '#shared/lambda/env.ts'
import type { DocumentPorts } from '../ports.ts'
import { documentBucket } from './document-bucket.ts'
import { documentOrders } from './order-table.ts'
import { pdfDocuments } from './pdf-documents.ts'

/** The dependencies of every function that makes documents. */
export function documentMaker(table: Table): DocumentPorts {
  const { DOCUMENT_BUCKET, TIME_ZONE: timeZone } = readEnv(
    z.object({ DOCUMENT_BUCKET: z.string().min(1), TIME_ZONE: z.string().min(1) }),
  )
  const files = documentBucket(new S3Client(clientConfiguration), DOCUMENT_BUCKET)
  return { orders: documentOrders(table), printer: pdfDocuments, files, timeZone }
}
