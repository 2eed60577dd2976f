import { Duration } from 'aws-cdk-lib'
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'
import { addAlarm } from '#infra/constructs/alarm.ts'
import { existingSecret, GeneratedSecret, type ReadableSecret } from '#infra/constructs/generated-secret.ts'
import { ScheduledFunction } from '#infra/constructs/scheduled-function.ts'
import type { ServiceFunction } from '#infra/constructs/service-function.ts'
import { graph } from '#infra/dashboard/graph.ts'
import type { TableAction, TableGrant } from '#infra/grants.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import type { PaymentSettings } from '#infra/stage-settings.ts'
import { OrderCancelled, OrderReserved, RefundRequested } from '#services/orders/events.ts'
import { routes } from './routes.ts'

/** How long a payment may be unfinished before the sweep asks the provider: its event has been delivered again by then. */
const patience = Duration.minutes(5)

const payments: TableGrant = { actions: ['BatchGetItem', 'PutItem'], prefixes: ['PAYMENT#'] }

/** What a function that calls a provider needs. */
interface Provider {
  /** Of the entries that contain it, so that a bundle has one provider. */
  readonly suffix: string
  readonly environment: Readonly<Record<string, string>>
  /** Grants on the sandbox's own memory; a real provider has none in the table. */
  charges(...actions: TableAction[]): readonly TableGrant[]
  /** Allows a function to call it. */
  allow(to: ServiceFunction): void
  /** The key that it signs with. */
  readonly webhookSecret: ReadableSecret
}

export class PaymentsStack extends ServiceStack {
  private readonly provider: Provider

  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    const { payments: settings } = props.stage
    this.provider = settings.provider === 'sandbox' ? this.sandbox() : this.stripe(settings)
    const { suffix, environment, charges, allow, webhookSecret } = this.provider
    const consumer = this.consumerFunction(
      `settle-orders${suffix}`,
      [payments, ...charges('BatchGetItem', 'PutItem', 'UpdateItem')],
      {
        environment,
        events: [OrderReserved, OrderCancelled, RefundRequested],
        // Four calls of a provider that times out after two seconds each, and the table.
        timeout: Duration.seconds(20),
      },
    )
    // Orders are always installed.
    allow(consumer!)
    const webhook = this.tableFunction(
      `receive-webhook${suffix}`,
      [payments, ...charges('BatchGetItem', 'UpdateItem')],
      {
        environment: { ...environment, WEBHOOK_SECRET_ARN: webhookSecret.secretArn },
      },
    )
    allow(webhook)
    webhookSecret.allowRead(webhook)
    this.addRoutes(
      routes.map((route) => ({ ...route, entry: `${route.entry}${suffix}` })),
      [webhook],
    )
    this.findStuckPayments()
    addAlarm(this, 'refunds-alarm', this.metric('RefundsFailed'), {
      name: 'payments-refunds-failed',
      problem: "A customer's bank rejected a refund, or the provider refused it.",
      runbook: 'refunds-failed',
      threshold: 1,
    })
    addAlarm(this, 'charge-backs-alarm', this.metric('PaymentsChargedBack'), {
      name: 'payments-charged-back',
      problem: 'A customer disputed a charge, and the bank took the money back.',
      runbook: 'payments-charged-back',
      threshold: 1,
    })
    addAlarm(this, 'refunds-owed-alarm', this.metric('RefundsOwed'), {
      name: 'payments-refunds-owed',
      problem: 'A bank gave money back after a refund without it, so that the customer may be owed it.',
      runbook: 'payments-charged-back',
      threshold: 1,
    })
    this.resources.graphs.push(
      graph('Payments', [
        this.metric('PaymentsCaptured', { label: 'captured' }),
        this.metric('PaymentsDeclined', { label: 'declined' }),
        this.metric('PaymentsRefunded', { label: 'refunded' }),
        this.metric('PaymentsChargedBack', { label: 'charged back' }),
        this.metric('RefundsFailed', { label: 'refunds failed' }),
        this.metric('RefundsOwed', { label: 'refunds owed' }),
        this.metric('PaymentsStuck', { label: 'stuck' }),
      ]),
    )
  }

  private sandbox(): Provider {
    return {
      suffix: '',
      environment: {},
      charges: (...actions) => [{ actions, prefixes: ['SANDBOXCHARGE#'] }],
      allow: () => {},
      webhookSecret: new GeneratedSecret(this, 'webhook-secret', {
        name: 'payments-webhook',
        description: 'Signs what the payment sandbox reports to POST /webhooks/payments.',
      }),
    }
  }

  private stripe({ apiKeySecret, webhookSecret }: Extract<PaymentSettings, { provider: 'stripe' }>): Provider {
    const apiKey = existingSecret(this, apiKeySecret)
    return {
      suffix: '-stripe',
      environment: { API_KEY_ARN: apiKey.secretArn },
      charges: () => [],
      allow: (to) => apiKey.allowRead(to),
      webhookSecret: existingSecret(this, webhookSecret),
    }
  }

  private findStuckPayments(): void {
    const { suffix, environment, charges, allow } = this.provider
    const sweep = this.tableFunction(
      `find-stuck-payments${suffix}`,
      [
        payments,
        { actions: ['Query'], prefixes: ['PAYMENTS#'], index: 'GSI1' },
        ...charges('BatchGetItem', 'UpdateItem'),
      ],
      {
        environment: { ...environment, PATIENCE_MINUTES: String(patience.toMinutes()) },
        timeout: Duration.seconds(30),
      },
    )
    allow(sweep)
    new ScheduledFunction(this, { function: sweep, schedule: ScheduleExpression.rate(Duration.minutes(5)) })
    addAlarm(this, 'stuck-alarm', this.metric('PaymentsStuck'), {
      name: 'payments-stuck',
      problem: `A charge or a refund has been without a result for ${patience.toMinutes()} minutes.`,
      runbook: 'payments-stuck',
      threshold: 1,
    })
  }
}
