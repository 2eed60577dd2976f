import { changeDependencies } from '../adapters/change-dependencies.ts'
import { adminRefundOrderHandler } from '../handlers/change-order.ts'

export const handler = adminRefundOrderHandler(changeDependencies())
