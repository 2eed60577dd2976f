import { apiHandler } from '#shared/http/api-handler.ts'
import * as routes from '../routes.ts'

export const healthHandler = (now: () => Date) =>
  apiHandler(routes.getHealth, async () => ({
    status: 200,
    headers: { 'cache-control': 'no-store' },
    body: { status: 'ok', time: now().toISOString() },
  }))
