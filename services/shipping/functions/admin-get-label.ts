import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { documentMaker } from '../adapters/document-maker.ts'
import { shipmentTable } from '../adapters/shipment-table.ts'
import { adminGetLabelHandler } from '../handlers/documents.ts'

const table = tableFromEnv()

export const handler = adminGetLabelHandler({ ...documentMaker(table), shipments: shipmentTable(table) })
