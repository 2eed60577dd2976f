import { changeDependencies } from '../adapters/change-dependencies.ts'
import { adminDeliverOrderHandler } from '../handlers/change-order.ts'

export const handler = adminDeliverOrderHandler(changeDependencies())
