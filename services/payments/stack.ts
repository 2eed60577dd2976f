import { Duration } from 'aws-cdk-lib'
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'
import { addAlarm } from '#infra/constructs/alarm.ts'
import { GeneratedSecret } from '#infra/constructs/generated-secret.ts'
import { ScheduledFunction } from '#infra/constructs/scheduled-function.ts'
import { graph } from '#infra/dashboard/graph.ts'
import type { TableAction, TableGrant } from '#infra/grants.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { OrderCancelled, OrderReserved, RefundRequested } from '#services/orders/events.ts'
import { routes } from './routes.ts'

/** A payment, and the sandbox's own memory. */
const payments: TableGrant = { actions: ['GetItem', 'PutItem'], prefixes: ['PAYMENT#'] }
const charges = (...actions: TableAction[]): TableGrant => ({ actions, prefixes: ['SANDBOXCHARGE#'] })

/** How long a capture may be unfinished before the sweep asks the provider: its event has been delivered again by then. */
const patience = Duration.minutes(5)

export class PaymentsStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    this.consumerFunction('settle-orders', [payments, charges('GetItem', 'PutItem', 'UpdateItem')], {
      events: [OrderReserved, OrderCancelled, RefundRequested],
      // Four calls of a provider that times out after two seconds each, and the table.
      timeout: Duration.seconds(20),
    })
    const secret = new GeneratedSecret(this, 'webhook-secret', {
      name: 'payments-webhook',
      description: 'Signs what the payment sandbox reports to POST /webhooks/payments.',
    })
    const webhook = this.tableFunction('receive-webhook', [payments, charges('GetItem', 'UpdateItem')], {
      environment: { WEBHOOK_SECRET_ARN: secret.secretArn },
    })
    secret.allowRead(webhook)
    this.addRoutes(routes, [webhook])
    this.findStuckPayments()
    this.resources.graphs.push(
      graph(
        'Payments',
        ['captured', 'declined', 'refunded', 'charged back', 'stuck'].map((label) =>
          this.metric(`Payments${label.replaceAll(/(?:^| )./g, (start) => start.trim().toUpperCase())}`, { label }),
        ),
      ),
    )
  }

  private findStuckPayments(): void {
    const sweep = this.tableFunction(
      'find-stuck-payments',
      [payments, { actions: ['Query'], prefixes: ['PAYMENTS#'], index: 'GSI1' }, charges('GetItem')],
      { environment: { PATIENCE_MINUTES: String(patience.toMinutes()) }, timeout: Duration.seconds(30) },
    )
    new ScheduledFunction(this, { function: sweep, schedule: ScheduleExpression.rate(Duration.minutes(5)) })
    addAlarm(this, 'stuck-alarm', this.metric('PaymentsStuck'), {
      name: 'payments-stuck',
      problem: `Whether an order is charged has been unknown for ${patience.toMinutes()} minutes.`,
      runbook: 'payments-stuck',
      threshold: 1,
    })
  }
}
