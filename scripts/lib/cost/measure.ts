import { emailIdentities } from '#infra/stages.ts'
import { randomUUID } from 'node:crypto'
import { cpus } from 'node:os'
import { setTimeout } from 'node:timers/promises'
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs'
import { CloudWatchClient, paginateListMetrics } from '@aws-sdk/client-cloudwatch'
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient, ListArchivesCommand } from '@aws-sdk/client-eventbridge'
import { startLocalSystem } from '@cartwheel/local'
import { dataOf } from '../api/client.ts'
import { callApi, eventually, finishedUpload, mailsTo, sendForm } from '../api-client.ts'
import { Caller } from '../demo/customer.ts'
import { parseDeployment, type Deployment } from '../deployment.ts'
import { CommandError } from '../errors.ts'
import { itemsIn } from '../pages.ts'
import { seedProducts } from '../seed/seed-products.ts'
import { renderImage } from '../seed/images.ts'
import { signIn } from '../sign-in.ts'
import { propertiesOf, readTemplates } from '../templates.ts'
import { counters, difference, type Counts, type FunctionFacts } from './counters.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { activities, type Activity, type MeasuredUnits, type Units } from './units.ts'

/** CloudWatch bills these additional bytes for each log line. */
const logLineOverheadBytes = 26

/** Sizes that are measured before and after an activity. */
interface Stored {
  readonly events: number
  readonly eventBytes: number
  readonly logBytes: number
  readonly tableBytes: number
}

/**
 * Runs the synthesized app on this machine, performs each activity a few times, and counts the usage that AWS would bill.
 * Durations are those of this machine.
 * @param assemblies the whole app, and the app without payments and shipping
 */
export async function measureUnits(
  { complete, untilReserved }: { readonly complete: string; readonly untilReserved: string },
  { times, say }: { times: number; say: (line: string) => void },
): Promise<MeasuredUnits> {
  const orderReserved = await measuring(untilReserved, reserved, async ({ perform, measure, settled }) => {
    say(`measuring an order until it is reserved, ${times} times`)
    await perform.order()
    return measure(times, () =>
      repeat(times, async () => {
        await perform.order()
        // The next order follows too soon otherwise, and consumers that collect events handle both at a time.
        await settled()
      }),
    )
  })
  return measuring(complete, delivered, async ({ deployment, perform, load, measure }) => {
    const units: Partial<Record<Activity, Units>> = {}
    for (const activity of activities) {
      say(`measuring ${activity}, ${times} times`)
      // The first run includes cold starts and is not counted.
      await perform[activity]()
      units[activity] = await measure(times, () => repeat(times, perform[activity]))
    }
    say(`measuring ${ordersUnderLoad} orders at ten a second`)
    const orderUnderLoad = await measure(ordersUnderLoad, () => load(ordersUnderLoad))
    const measured = { on: new Date().toISOString().slice(0, 10), times, machine: cpus()[0]!.model }
    return {
      measured,
      customMetrics: await metricsIn(deployment),
      units: units as Record<Activity, Units>,
      orderReserved,
      orderUnderLoad,
    }
  })
}

async function repeat(times: number, act: () => Promise<void>): Promise<void> {
  for (let round = 0; round < times; round += 1) await act()
}

interface Measuring extends Activities {
  readonly deployment: Deployment
  /** Waits until all effects are complete. */
  settled(): Promise<void>
  /** The usage of each of `count` activities that `act` performs. */
  measure(count: number, act: () => Promise<void>): Promise<Units>
}

/** Runs the app while `run` measures. */
async function measuring<Measured>(
  assembly: string,
  end: OrderEnd,
  run: (system: Measuring) => Promise<Measured>,
): Promise<Measured> {
  const { counts, hooks } = counters(functionsOf(assembly))
  const system = await startLocalSystem({
    assembly,
    dataDirectory: temporaryFolder('cost-'),
    emailIdentities,
    ...hooks,
  })
  try {
    const deployment = parseDeployment(system.outputs as Record<string, Record<string, string>>, system.outputsFile)
    await seedProducts(deployment, () => {})
    const activitiesOfSystem = await activitiesOf(deployment, end)
    const settled = () => quiet(counts)
    const measure = async (count: number, act: () => Promise<void>): Promise<Units> => {
      await settled()
      const before = { counts: { ...counts }, stored: await storedIn(deployment) }
      await act()
      await settled()
      return unitsOf(difference(counts, before.counts), before.stored, await storedIn(deployment), count)
    }
    const result = await run({ ...activitiesOfSystem, deployment, settled, measure })
    // At the end, since reading the orders counts as usage too.
    await activitiesOfSystem.checkOrders()
    return result
  } finally {
    await system.stop()
  }
}

function functionsOf(assembly: string): Map<string, FunctionFacts> {
  const functions = [...readTemplates(assembly).values()].flatMap((template) => {
    const queues = propertiesOf(template, 'AWS::SQS::Queue')
    const consumers = [...propertiesOf(template, 'AWS::Lambda::EventSourceMapping').values()]
      .filter(({ EventSourceArn }) => queues.has(EventSourceArn?.['Fn::GetAtt']?.[0]))
      .map(({ FunctionName }) => FunctionName.Ref)
    return [...propertiesOf(template, 'AWS::Lambda::Function')].map(([id, { FunctionName, MemorySize }]) => {
      const facts = { memoryMb: MemorySize, consumesQueue: consumers.includes(id) }
      return [FunctionName, facts] as const
    })
  })
  return new Map(functions)
}

/** The last status of an order, and how many emails it has caused by then. */
interface OrderEnd {
  readonly status: string
  readonly mails: number
}

/** Confirmed, on its way, delivered. */
const delivered: OrderEnd = { status: 'DELIVERED', mails: 3 }

/** Confirmed. */
const reserved: OrderEnd = { status: 'RESERVED', mails: 1 }

const ordersUnderLoad = 100

/** More pieces than are ordered, so that every order is reserved and none reaches the low-stock threshold. */
const piecesInStock = 100_000

interface Activities {
  /** Each activity from its first request to its last effect. */
  readonly perform: Readonly<Record<Activity, () => Promise<void>>>
  /** Places this many orders at ten a second, and waits for their last effects. */
  readonly load: (orders: number) => Promise<void>
  /** @throws CommandError when an order does not reach its last status */
  readonly checkOrders: () => Promise<void>
}

async function activitiesOf(deployment: Deployment, end: OrderEnd): Promise<Activities> {
  const email = `cost.${randomUUID()}@example.com`
  const customer = await Caller.signIn(deployment, { email })
  const { api, token } = customer
  const { items: products } = await dataOf(api.GET('/products', { params: { query: { limit: 2 } } }))
  const items = products.map(({ sku }) => ({ sku, quantity: 1 }))
  const staff = await Caller.signIn(deployment, { email: 'staff@example.com', group: 'staff' })
  const setStocks = async (pieces: number) => {
    for (const { sku } of items) {
      const call = { params: { path: { sku } }, body: { set: pieces } }
      await dataOf(staff.api.PUT('/admin/inventory/{sku}', call))
    }
  }
  const get = (path: string) => async () => void (await callApi(deployment, 'GET', path, { token }))
  const image = await renderImage({ sku: items[0]!.sku, category: products[0]!.category })
  let mails = (await mailsTo(deployment, email)).length

  const place = async (): Promise<string> => (await customer.place(items)).orderId
  const mailed = async (more: number): Promise<void> => {
    mails += more
    await eventually('the emails of an order', async () => (await mailsTo(deployment, email)).length >= mails)
  }
  const order = async (): Promise<string> => {
    const orderId = await place()
    await mailed(end.mails)
    return orderId
  }
  // Not measured: one order is rejected, since the metrics of rejections are billed too.
  await setStocks(0)
  await place()
  await mailed(1)
  await setStocks(piecesInStock)
  const orderIds = [await order()]
  const perform = {
    order: async () => void orderIds.push(await order()),
    productList: get('/products'),
    product: get(`/products/${products[0]!.productId}`),
    orderStatus: get(`/orders/${orderIds[0]}`),
    signUp: async () => {
      const newEmail = `cost.${randomUUID()}@example.com`
      await signIn(deployment, { email: newEmail })
      await eventually('the welcome', async () => (await mailsTo(deployment, newEmail)).length > 0)
    },
    upload: async () => {
      const body = { purpose: 'avatar', contentType: 'image/jpeg' } as const
      const form = await dataOf(api.POST('/uploads', { body }))
      await sendForm(form, image)
      await finishedUpload(deployment, token, form.uploadId)
    },
  }
  const load = async (orders: number): Promise<void> => {
    const placing = Array.from({ length: orders }, async (_, before) => {
      await setTimeout(100 * before)
      return place()
    })
    orderIds.push(...(await Promise.all(placing)))
    await mailed(orders * end.mails)
  }
  /** An order that does not reach its last status has fewer effects, which would lower the measured usage. */
  const checkOrders = async (): Promise<void> => {
    for (const orderId of orderIds) {
      const { status } = await dataOf(api.GET('/orders/{orderId}', { params: { path: { orderId } } }))
      if (status !== end.status)
        throw new CommandError(`The measured order ${orderId} is ${status}, not ${end.status}. No units were stored.`)
    }
  }
  return { perform, load, checkOrders }
}

/** Waits until the counts do not change for a second: all effects are complete. */
async function quiet(counts: Counts): Promise<void> {
  for (let seen = ''; seen !== JSON.stringify(counts);) {
    seen = JSON.stringify(counts)
    await setTimeout(1000)
  }
}

async function storedIn({ clientConfiguration, tableName }: Deployment): Promise<Stored> {
  const { Archives = [] } = await new EventBridgeClient(clientConfiguration).send(new ListArchivesCommand({}))
  const { Table } = await new DynamoDBClient(clientConfiguration).send(
    new DescribeTableCommand({ TableName: tableName }),
  )
  return {
    events: Archives[0]?.EventCount ?? 0,
    eventBytes: Archives[0]?.SizeBytes ?? 0,
    logBytes: await logBytes(new CloudWatchLogsClient(clientConfiguration)),
    tableBytes: Table!.TableSizeBytes ?? 0,
  }
}

async function logBytes(client: CloudWatchLogsClient): Promise<number> {
  let bytes = 0
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName } of logGroups) {
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName })) {
        for (const { message } of events) bytes += Buffer.byteLength(message!) + logLineOverheadBytes
      }
    }
  }
  return bytes
}

async function metricsIn({ clientConfiguration }: Deployment): Promise<number> {
  const client = new CloudWatchClient(clientConfiguration)
  const metrics = await itemsIn(paginateListMetrics({ client }, {}), ({ Metrics }) => Metrics)
  return metrics.filter(({ Namespace }) => !Namespace!.startsWith('AWS/')).length
}

function unitsOf({ messages, batches, ...counts }: Counts, before: Stored, after: Stored, times: number): Units {
  const of = (amount: number) => Number((amount / times).toPrecision(4))
  return {
    apiRequests: of(counts.apiRequests),
    lambdaRequests: of(counts.lambdaRequests),
    lambdaGbSeconds: of(counts.lambdaGbSeconds),
    dynamodbWriteUnits: of(counts.dynamodbWriteUnits),
    dynamodbReadUnits: of(counts.dynamodbReadUnits),
    events: of(after.events - before.events),
    eventBytes: of(after.eventBytes - before.eventBytes),
    // A batch of more than ten messages is received and deleted by several requests.
    sqsRequests: of(messages + 2 * Math.max(batches, messages / 10)),
    mails: of(counts.mails),
    s3Writes: of(counts.s3Writes),
    s3Reads: of(counts.s3Reads),
    logBytes: of(after.logBytes - before.logBytes),
    tableBytes: of(after.tableBytes - before.tableBytes),
  }
}
