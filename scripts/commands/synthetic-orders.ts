import { newCommand, number, outputsOption, runCommand } from '../lib/command.ts'
import { readDeployment } from '../lib/deployment.ts'
import { ordersPerMinute, placeSyntheticOrders, type SyntheticOrders } from '../lib/synthetic-orders/place-orders.ts'

const command = newCommand(
  'npm run synthetic-orders --',
  `
Places orders as a customer would, and reads products and orders, so that a new version receives requests during its release,
even with few customers. The orders are for a product that has no stock and is in no list: each order ends REJECTED and
changes no stock. Their shipping address has the name "Synthetic order".

Ctrl-C ends it early with the same summary. Exit code 0: passed; 1: too many requests failed, or an order was not rejected;
2: wrong arguments.`,
)
  .addOption(outputsOption())
  .option(
    '--minutes <n>',
    'duration; by default one minute longer than a canary release',
    number({ least: 0.05, most: 30 }),
    6,
  )
  .option(
    '--per-minute <n>',
    'orders per minute, with six reads each; customerLimits of the stage must allow them',
    number({ least: 1, most: 120 }),
    ordersPerMinute,
  )
  .action(async ({ outputs, ...orders }: SyntheticOrders & { outputs?: string }) => {
    const deployment = readDeployment(outputs)
    const stopped = Promise.withResolvers<void>()
    process.once('SIGINT', stopped.resolve).once('SIGTERM', stopped.resolve)
    process.exitCode = (await placeSyntheticOrders(deployment, orders, stopped.promise, console)) ? 0 : 1
  })

await runCommand(command)
