import { randomUUID } from 'node:crypto'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
  SQSClient,
  type QueueAttributeName,
} from '@aws-sdk/client-sqs'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { callApi, eventually, mailsTo } from '#scripts/lib/api-client.ts'
import { startSystem, type RunningSystem } from '#scripts/lib/running-system.ts'
import { address, shopOf, type Customer, type Shop } from '#test/support/shop.ts'
import { messagesIn } from '../least-privilege/queues.ts'
import { command, type Command } from './command.ts'

/** The customer's address: personal data, which a command shows only with --personal. */
export const line1 = '77 Unmentioned Lane'

/** A local system of its own with one customer, and `npm run ops` on it. */
export class OperatedShop {
  readonly system: RunningSystem
  readonly sqs: SQSClient
  readonly table: DynamoDBDocumentClient
  readonly #email: string
  readonly token: string
  readonly #shop: Shop

  private constructor(system: RunningSystem, shop: Shop, { email, token }: Customer) {
    const { clientConfiguration } = system.deployment
    this.system = system
    this.#shop = shop
    this.sqs = new SQSClient(clientConfiguration)
    this.table = DynamoDBDocumentClient.from(new DynamoDBClient(clientConfiguration))
    this.#email = email
    this.token = token
  }

  static async start(): Promise<OperatedShop> {
    const system = await startSystem()
    // An order whose payment is declined ends soon, with one email.
    const shop = shopOf(system.deployment, undefined, 'tok_declined')
    return new OperatedShop(system, shop, await shop.newCustomer(`operated.${randomUUID()}@example.com`))
  }

  async stop(): Promise<void> {
    this.sqs.destroy()
    this.table.destroy()
    await this.system.stop()
  }

  /** Starts a command, without npm, which would double the duration. */
  started(...args: string[]): Command {
    return command(process.execPath, ['scripts/commands/ops.ts', ...args, '--outputs', this.system.outputsFile])
  }

  async ops(...args: string[]): Promise<{ code: number | string; output: string }> {
    const started = this.started(...args)
    const code = await started.ended
    return { code, output: started.output() }
  }

  /** @param consumer `<service>-<function>`, with `-dlq` behind it for its dead-letter queue */
  async urlOf(consumer: string): Promise<string> {
    const QueueName = `${this.system.deployment.eventBusName}-${consumer}`
    return (await this.sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl!
  }

  async attributeOf(consumer: string, name: QueueAttributeName): Promise<string> {
    const QueueUrl = await this.urlOf(consumer)
    const { Attributes } = await this.sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
    return Attributes![name]!
  }

  /** Changes attributes of a consumer's queue while `work` runs. */
  async withQueue<T>(consumer: string, attributes: Record<string, string>, work: () => Promise<T>): Promise<T> {
    const QueueUrl = await this.urlOf(consumer)
    const set = (Attributes: Record<string, string>) =>
      this.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }))
    const names = Object.keys(attributes) as QueueAttributeName[]
    const before = await Promise.all(names.map(async (name) => [name, await this.attributeOf(consumer, name)] as const))
    await set(attributes)
    try {
      return await work()
    } finally {
      await set(Object.fromEntries(before))
    }
  }

  async placeOrder(sku: string): Promise<{ orderId: string; correlationId: string }> {
    const correlationId = `operated-${randomUUID()}`
    const { status, body } = await this.#shop.placeOrder(
      this.token,
      [{ sku, quantity: 1 }],
      { 'x-correlation-id': correlationId },
      { shippingAddress: { ...address, line1 } },
    )
    expect(status).toBe(201)
    return { orderId: body.orderId, correlationId }
  }

  skuOf(index: number): Promise<string> {
    return this.#shop.skuOf(index)
  }

  /** Waits until the order was reserved, its payment declined, and its stock released. */
  ended(orderId: string): Promise<boolean> {
    return eventually(`order ${orderId} to end`, async () => {
      const { body } = await callApi(this.system.deployment, 'GET', `/orders/${orderId}/events`, { token: this.token })
      return body.items.some(({ type }) => type === 'StockReleased')
    })
  }

  async mailsAbout(orderId: string) {
    return (await mailsTo(this.system.deployment, this.#email)).filter((mail) => mail.body.text?.includes(orderId))
  }

  mailed(orderId: string, count: number): Promise<boolean> {
    const look = async () => (await this.mailsAbout(orderId)).length === count
    return eventually(`${count} emails about ${orderId}`, look)
  }

  inDeadLetterQueue(consumer: string): Promise<boolean> {
    const look = async () => (await this.attributeOf(`${consumer}-dlq`, 'ApproximateNumberOfMessages')) === '1'
    return eventually(`a message in the dead-letter queue of ${consumer}`, look)
  }

  /** The messages of a queue that are visible or in flight. */
  async messagesIn(consumer: string): Promise<number> {
    return messagesIn(this.sqs, await this.urlOf(consumer))
  }

  /** Waits until the queue is empty: an email is sent before its message is deleted. */
  handled(consumer: string): Promise<boolean> {
    return eventually(`the queue of ${consumer} to be empty`, async () => (await this.messagesIn(consumer)) === 0)
  }
}
