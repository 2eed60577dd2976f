import { tableFromEnv } from '#shared/dynamodb/table.ts'
import { movementTable } from '../adapters/movement-table.ts'
import { recordMovementsHandler } from '../handlers/record-movements.ts'

export const handler = recordMovementsHandler(movementTable(tableFromEnv()))
