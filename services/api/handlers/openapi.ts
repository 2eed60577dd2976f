import { apiHandler } from '#shared/http/api-handler.ts'
import * as routes from '../routes.ts'

export const openApiHandler = (description: unknown) =>
  apiHandler(routes.getOpenApi, async () => ({
    status: 200,
    headers: { 'cache-control': 'public, max-age=300' },
    body: description,
  }))
