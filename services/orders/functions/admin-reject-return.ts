import { changeDependencies } from '../adapters/change-dependencies.ts'
import { adminRejectReturnHandler } from '../handlers/change-order.ts'

export const handler = adminRejectReturnHandler(changeDependencies())
