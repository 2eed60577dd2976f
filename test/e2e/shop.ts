import { eventually } from '#scripts/lib/api-client.ts'
import { deploymentUnderTest } from '#test/support/deployment-under-test.ts'
import { shopOf } from '#test/support/shop.ts'
import { isInstalled } from './installed.ts'

/** The deployment under test, set by scripts/commands/test-e2e.ts. */
export const {
  deployment,
  api,
  staffToken,
  orderOf,
  newCustomer,
  sharedCustomer,
  placeOrder,
  setStock,
  stockOf,
  skuOf,
  decided,
} = shopOf(deploymentUnderTest())

/** The statuses that no installed service changes. */
const finalStatuses = [
  'REJECTED',
  'PAYMENT_FAILED',
  'CANCELLED',
  'DELIVERED',
  'REFUNDED',
  ...(isInstalled('inventory') ? [] : ['PLACED']),
  ...(isInstalled('payments') ? [] : ['RESERVED']),
  ...(isInstalled('shipping') ? [] : ['PAID']),
]

/** Waits until the order has a status that no installed service changes. */
export const finished = (token: string, orderId: string): Promise<any> =>
  eventually(`order ${orderId} to be final`, async () => {
    const order = await orderOf(token, orderId)
    return finalStatuses.includes(order.status) && order
  })

/**
 * For a test of what only an administrator may do, on this machine: in the local system, or another emulator that the
 * SDK's standard variable names. It is skipped, and reported by name, in a deployment on AWS.
 */
export const testLocally: typeof test = (deployment.awsEndpoint ?? process.env['AWS_ENDPOINT_URL']) ? test : test.skip
