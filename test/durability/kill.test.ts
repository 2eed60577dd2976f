import { LambdaClient, paginateListEventSourceMappings, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { callApi, eventually, mailsTo, type Mail } from '#scripts/lib/api-client.ts'
import type { Deployment } from '#scripts/lib/deployment.ts'
import { signIn } from '#scripts/lib/sign-in.ts'
import { startKillable, type KillableSystem } from './killable-system.ts'

const rounds = process.env['TEST_FULL'] ? 200 : 2
const ordersARound = 6
const roundMs = 60_000

const address = { name: 'K', line1: '1 A', city: 'B', postalCode: '1', country: 'IE' }
const email = 'survivor@example.com'
const password = 'Surv1vor-Passw0rd!'

let directory: string
let system: KillableSystem
let sku: string
const killedAtSeconds: number[] = []

const customer = () => signIn(system.deployment, { email, password })
const staff = () => signIn(system.deployment, { email: 'staff@example.com', group: 'staff' })

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'cartwheel-durability-'))
  system = await startKillable(directory)
  sku = (await callApi(system.deployment, 'GET', '/products?limit=1')).body.items[0].sku
  const token = await staff()
  await callApi(system.deployment, 'PUT', `/admin/inventory/${sku}`, { token, body: { set: 5000 } })
})

afterAll(async () => {
  await system.kill()
  rmSync(directory, { recursive: true, force: true })
})

async function killAndRestart(): Promise<void> {
  await system.kill()
  killedAtSeconds.push(Date.now() / 1000)
  system = await startKillable(directory)
}

const place = (token: string, key: string) =>
  callApi(system.deployment, 'POST', '/orders', {
    token,
    headers: { 'idempotency-key': key },
    body: { items: [{ sku, quantity: 1 }], shippingAddress: address, paymentToken: 'tok_ok' },
  })

/** Every promise that a kill must not break, for orders that are all acknowledged. */
async function expectAllSettled(orderIds: readonly string[]): Promise<void> {
  const token = await customer()
  for (const orderId of orderIds) {
    const trail = await eventually(`order ${orderId} to be reserved`, () => finalTrail(token, orderId), 240_000)
    expect(trail).toEqual(['OrderPlaced', 'StockReserved', 'OrderReserved'])
  }
  for (const orderId of orderIds) {
    const mails = await eventually(`the mail about ${orderId}`, () => mailsAbout(system.deployment, orderId), 240_000)
    // Once for its event; again only where a kill fell between the mail's acceptance and the note of it.
    mails.slice(1).forEach((mail, index) => {
      expect(killedAtSeconds.some((killed) => killed + 1 >= mails[index]!.at && killed <= mail.at + 1)).toBe(true)
    })
  }
}

async function finalTrail(token: string, orderId: string): Promise<string[] | undefined> {
  const order = await callApi(system.deployment, 'GET', `/orders/${orderId}`, { token })
  if (order.body.status !== 'RESERVED') return undefined
  const { body } = await callApi(system.deployment, 'GET', `/orders/${orderId}/events`, { token })
  return body.items.map((event: { type: string }) => event.type)
}

async function mailsAbout(deployment: Deployment, orderId: string): Promise<Mail[] | undefined> {
  const mails = (await mailsTo(deployment, email)).filter((mail) => mail.subject.includes(orderId))
  return mails.length > 0 ? mails : undefined
}

async function expectStockAndCountersToFit(acknowledged: number): Promise<void> {
  const stock = (await callApi(system.deployment, 'GET', `/admin/inventory/${sku}`, { token: await staff() })).body
  expect(stock).toMatchObject({ available: 5000 - acknowledged, reserved: acknowledged, received: 5000 })
  const me = (await callApi(system.deployment, 'GET', '/me', { token: await customer() })).body
  expect(me.orderCount).toBe(acknowledged)
}

const acknowledged: string[] = []

/** Turns the pollers that read from a kind of source on or off; a restart turns them on. */
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

test.each([
  ['the stream', 'dynamodb'],
  ['the queues', 'sqs'],
] as const)('work that stands in %s when everything is killed is done after the restart', async (_name, source) => {
  await hold(source)
  const token = await customer()
  const placed = await Promise.all(Array.from({ length: ordersARound }, () => place(token, randomUUID())))
  for (const { status, body } of placed) {
    expect(status).toBe(201)
    acknowledged.push(body.orderId)
  }
  // Long enough for the events to reach the place where they are held.
  await sleep(300)
  await killAndRestart()
  await expectAllSettled(acknowledged)
  await expectStockAndCountersToFit(acknowledged.length)
})

test(
  `${rounds} kills at random moments under load lose nothing that was acknowledged, and double nothing that is sent again`,
  async () => {
    for (let round = 0; round < rounds; round += 1) {
      const token = await customer()
      const keys = Array.from({ length: ordersARound }, () => randomUUID())
      const answers = keys.map((key) => place(token, key).catch(() => undefined))
      // From before the first answer to after the last mail.
      await sleep(Math.random() * 400)
      await killAndRestart()
      const known = (await Promise.all(answers)).map((answer) =>
        answer?.status === 201 ? answer.body.orderId : undefined,
      )
      // A client that heard nothing asks again with the same key; one that did must get the same answer.
      for (const [index, key] of keys.entries()) {
        const again = await place(await customer(), key)
        expect(again.status).toBe(201)
        expect(again.body.orderId).toBe(known[index] ?? again.body.orderId)
        acknowledged.push(again.body.orderId)
      }
    }
    expect(new Set(acknowledged).size).toBe(acknowledged.length)
    await expectAllSettled(acknowledged)
    await expectStockAndCountersToFit(acknowledged.length)
  },
  rounds * roundMs + 300_000,
)
