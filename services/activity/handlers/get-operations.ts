import { apiHandler } from '#shared/http/api-handler.ts'
import type { Operations } from '../ports.ts'
import { adminGetOperations } from '../routes.ts'

export const adminGetOperationsHandler = (operations: Operations) =>
  apiHandler(adminGetOperations, async () => {
    const [queues, alarms] = await Promise.all([operations.queues(), operations.alarms()])
    return { status: 200, headers: { 'cache-control': 'no-store' }, body: { queues, alarms } }
  })
