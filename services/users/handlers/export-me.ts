import * as z from 'zod'
import { apiHandler } from '#shared/http/api-handler.ts'
import { accountDeletedProblem } from '#shared/http/existing-account.ts'
import { decodeCursor, encodeCursor } from '#shared/http/page.ts'
import type { CustomerApi } from '#shared/customer-api.ts'
import * as routes from '../routes.ts'
import { exportData, type ExportedService } from '../use-cases/export-data.ts'

/** The cursor of the list of orders. */
const ExportCursor = z.strictObject({ orders: z.string().min(1) })

export const exportMeHandler = (dependencies: {
  readonly api: CustomerApi
  readonly services: readonly ExportedService[]
}) =>
  apiHandler(routes.exportMe, async ({ accessToken, cause, query }) => {
    const cursor = decodeCursor(query.cursor, ExportCursor)?.orders
    const page = await exportData(dependencies, { accessToken, cause, cursor })
    if (!page) return { problem: accountDeletedProblem }
    const { nextCursor: orders, ...body } = page
    return {
      status: 200,
      headers: { 'cache-control': 'private, no-store' },
      body: { ...body, ...(orders === undefined ? {} : { nextCursor: encodeCursor({ orders }) }) },
    }
  })
