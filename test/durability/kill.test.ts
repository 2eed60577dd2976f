import {
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  paginateListQueues,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs'
import { LambdaClient, paginateListEventSourceMappings, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda'
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { callApi, eventually, hasReached, mailsTo, type Mail } from '#scripts/lib/api-client.ts'
import { readDeployment, type Deployment } from '#scripts/lib/deployment.ts'
import { itemsIn } from '#scripts/lib/pages.ts'
import { signIn } from '#scripts/lib/sign-in.ts'
import { applicationName } from '#shared/application.ts'
import { newFolder } from '#test/support/new-folder.ts'
import { seededRandom } from '#test/support/random.ts'
import { shopOf } from '#test/support/shop.ts'
import { command } from '../commands/command.ts'

const rounds = process.env['TEST_FULL'] ? 200 : 1
const ordersARound = 6
const roundMs = 60_000

/** The seed of the kill times; to use another: KILL_SEED=2 npm run -s jest -- test/durability/ */
const seed = Number(process.env['KILL_SEED'] ?? 3)

/**
 * A kill occurs after at most this many invocations. An email that was being sent at a kill is claimed until its lease ends, so
 * it is sent after the queue's visibility timeout of 90 seconds; in npm test the one kill comes while orders are placed and
 * relayed, before the first email.
 */
const invocationsBeforeKill = process.env['TEST_FULL'] ? 12 : 2

const email = 'customer@example.com'
const password = 'Custom3r-Passw0rd!'

let directory: string
let system: Awaited<ReturnType<typeof start>>
let sku: string
const killedAtSeconds: number[] = []

/** Of the system that runs now. */
const shop = () => shopOf(system.deployment)
const customer = () => signIn(system.deployment, { email, password })

beforeAll(async () => {
  directory = newFolder()
  system = await start()
  sku = await shop().skuOf(0)
  await shop().setStock(sku, 5000)
})

afterAll(() => system.kill())

/** Starts a local system in its own process group, which can be killed at any time. */
async function start() {
  const outputsFile = join(directory, 'outputs.json')
  rmSync(outputsFile, { force: true })
  const script = ['scripts/commands/start.ts', '--no-images']
  const started = command(process.execPath, script, { CARTWHEEL_DATA: directory }, { detached: true })
  await started.printed(`${applicationName} is ready`)
  return {
    deployment: readDeployment(outputsFile),
    /** The number of invocations that it has logged. */
    invocations: () => started.output().match(/ (?:cold|warm) /g)?.length ?? 0,
    /** Sends SIGKILL to every process of the group; resolves when the first of them has ended. */
    async kill() {
      process.kill(-started.process.pid!, 'SIGKILL')
      await started.ended
    },
  }
}

async function killAndRestart(): Promise<void> {
  await system.kill()
  killedAtSeconds.push(Date.now() / 1000)
  system = await start()
}

const place = (token: string, key: string) =>
  shop().placeOrder(token, [{ sku, quantity: 1 }], { 'idempotency-key': key })

/** The effects of an acknowledged order that must survive a kill: reservation, trail and email. */
async function expectAllSettled(orderIds: readonly string[]): Promise<void> {
  const token = await customer()
  for (const orderId of orderIds) {
    const trail = await eventually(`order ${orderId} to be reserved`, () => finalTrail(token, orderId), 240_000)
    expect(trail.slice(0, 3)).toEqual(['OrderPlaced', 'StockReserved', 'OrderReserved'])
    expect(new Set(trail).size).toBe(trail.length)
  }
  for (const orderId of orderIds) {
    const what = `the confirmation of ${orderId}`
    const mails = await eventually(what, () => confirmationsOf(system.deployment, orderId), 240_000)
    // One email; a second email only after a kill between its acceptance and its delivery record.
    mails.slice(1).forEach((mail, index) => {
      expect(killedAtSeconds.some((killed) => killed + 1 >= mails[index]!.at && killed <= mail.at + 1)).toBe(true)
    })
  }
}

async function finalTrail(token: string, orderId: string): Promise<string[] | undefined> {
  const order = await callApi(system.deployment, 'GET', `/orders/${orderId}`, { token })
  if (!hasReached(order.body.status, 'RESERVED')) return undefined
  const { body } = await callApi(system.deployment, 'GET', `/orders/${orderId}/events`, { token })
  return body.items.map((event: { type: string }) => event.type)
}

/** Those about one change of the order, which continues meanwhile: each change has an email of its own. */
async function confirmationsOf(deployment: Deployment, orderId: string): Promise<Mail[] | undefined> {
  const mails = (await mailsTo(deployment, email)).filter(
    ({ subject }) => subject.includes(orderId) && subject.includes('confirmed'),
  )
  return mails.length > 0 ? mails : undefined
}

async function expectConsistentStockAndCounters(acknowledged: number): Promise<void> {
  expect(await shop().stockOf(sku)).toMatchObject({ available: 5000 - acknowledged, received: 5000 })
  const me = (await callApi(system.deployment, 'GET', '/me', { token: await customer() })).body
  expect(me.orderCount).toBe(acknowledged)
}

const acknowledged: string[] = []

const deadLetterSuffix = '-dlq'

/**
 * Redrives all dead-letter queues, as an operator does, once all other queues are empty. A message is moved there when it has
 * been received five times, and a kill during its handling counts as well: of many kills, five can meet the same message.
 */
async function redriveDeadLetters(): Promise<void> {
  const client = new SQSClient(system.deployment.clientConfiguration)
  const queues = await itemsIn(paginateListQueues({ client }, {}), ({ QueueUrls }) => QueueUrls)
  const attributesOf = async (QueueUrl: string) =>
    (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes!
  // Delayed messages wait for minutes by design.
  const messages = async (url: string) => {
    const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = await attributesOf(url)
    return Number(ApproximateNumberOfMessages) + Number(ApproximateNumberOfMessagesNotVisible)
  }
  const isDead = (url: string) => url.endsWith(deadLetterSuffix)
  const working = queues.filter((url) => !isDead(url))
  const isIdle = async () => (await Promise.all(working.map(messages))).every((count) => count === 0)
  await eventually('all queues to be empty', isIdle, 900_000, 1000)
  for (const url of queues.filter(isDead)) {
    if ((await messages(url)) === 0) continue
    const SourceArn = (await attributesOf(url))['QueueArn']!
    await client.send(
      new StartMessageMoveTaskCommand({ SourceArn, DestinationArn: SourceArn.slice(0, -deadLetterSuffix.length) }),
    )
  }
  client.destroy()
}

/** Disables the event source mappings of a source type; a restart enables them. */
async function hold(source: 'sqs' | 'dynamodb'): Promise<void> {
  const client = new LambdaClient(system.deployment.clientConfiguration)
  for await (const page of paginateListEventSourceMappings({ client }, {})) {
    for (const { UUID, EventSourceArn } of page.EventSourceMappings ?? []) {
      if (EventSourceArn?.split(':')[2] === source) {
        await client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }))
      }
    }
  }
  client.destroy()
}

/** Waits until the events of all orders are in the queue of the first consumer, whose poller is disabled. */
async function waitForQueuedEvents(): Promise<void> {
  const client = new SQSClient(system.deployment.clientConfiguration)
  const QueueName = `${system.deployment.eventBusName}-inventory-reserve-stock`
  const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }))
  await eventually(`${ordersARound} queued events`, async () => {
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))
    return Attributes!['ApproximateNumberOfMessages'] === String(ordersARound)
  })
  client.destroy()
}

test.each([
  // An acknowledged order is already in the stream.
  ['the stream', 'dynamodb', async () => {}],
  ['the queues', 'sqs', waitForQueuedEvents],
] as const)('events in %s at a kill are handled after the restart', async (_name, source, waitForEvents) => {
  await hold(source)
  const token = await customer()
  const placed = await Promise.all(Array.from({ length: ordersARound }, () => place(token, randomUUID())))
  for (const { status, body } of placed) {
    expect(status).toBe(201)
    acknowledged.push(body.orderId)
  }
  await waitForEvents()
  await killAndRestart()
  await expectAllSettled(acknowledged)
  await expectConsistentStockAndCounters(acknowledged.length)
})

test(
  `kills under load (${rounds}, KILL_SEED=${seed}) lose no acknowledged order, and a repeated request places no second order`,
  async () => {
    const random = seededRandom(seed)
    for (let round = 0; round < rounds; round += 1) {
      const token = await customer()
      const keys = Array.from({ length: ordersARound }, () => randomUUID())
      const before = system.invocations()
      const responses = keys.map((key) => place(token, key).catch(() => undefined))
      const count = random.int(0, invocationsBeforeKill)
      await eventually(`${count} invocations`, async () => system.invocations() - before >= count, 60_000, 1)
      await killAndRestart()
      const known = (await Promise.all(responses)).map((response) =>
        response?.status === 201 ? response.body.orderId : undefined,
      )
      // A client without a response repeats the request with the same key; a client with a response must get the same again.
      for (const [index, key] of keys.entries()) {
        const again = await place(await customer(), key)
        expect(again.status).toBe(201)
        expect(again.body.orderId).toBe(known[index] ?? again.body.orderId)
        acknowledged.push(again.body.orderId)
      }
    }
    expect(new Set(acknowledged).size).toBe(acknowledged.length)
    if (rounds > 1) await redriveDeadLetters()
    await expectAllSettled(acknowledged)
    await expectConsistentStockAndCounters(acknowledged.length)
  },
  rounds * roundMs + 1_200_000,
)
