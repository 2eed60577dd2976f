import type { Flow } from './flow.ts'
import { customerFlows } from './flows/customers.ts'
import { deliveryFlows } from './flows/deliveries.ts'
import { orderFlows } from './flows/orders.ts'
import { uploadFlows } from './flows/uploads.ts'

/** All that the system does. Together they use every statement of every policy, which a test holds. */
export const flows: readonly Flow[] = [...customerFlows, ...orderFlows, ...uploadFlows, ...deliveryFlows]
