import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { synthesize } from '../lib/cdk.ts'
import { newCommand, number, runCommand } from '../lib/command.ts'
import { allowanceOf, billOf, billRows, dollars, totalOf, usageUsd, type Traffic } from '../lib/cost/bill.ts'
import { daysPerMonth, fixedCostsOf, type FixedCosts } from '../lib/cost/fixed-costs.ts'
import { measureUnits } from '../lib/cost/measure.ts'
import { asOf, note, region } from '../lib/cost/prices.ts'
import { readUnits, unitsFile, type MeasuredUnits, type Units } from '../lib/cost/units.ts'
import { UsageError } from '../lib/errors.ts'
import { stageOption } from '../lib/stage-option.ts'
import { tableLines } from '../lib/table.ts'
import { templatesOf } from '../lib/templates.ts'

interface Options extends Omit<Traffic, 'ordersPerDay' | 'imagesPerRead'> {
  readonly ordersPerDay?: number
  readonly stage: string
  readonly measure?: true
}

const amount = number({ least: 0 })

const command = newCommand(
  'npm run cost --',
  `
Calculates the monthly AWS bill of a stage by service: resources from the synthesized templates, measured usage of an order
and related activity, and prices from scripts/lib/cost/prices.ts. List prices of one region, without taxes and support;
the free tier of an account is subtracted at the end.`,
)
  .option('--orders-per-day <n>', 'orders per day; 0 is an idle stage', amount)
  .addOption(stageOption().default('prod'))
  .option('--reads-per-order <n>', 'product reads for each order', amount, 20)
  .option('--orders-per-customer <n>', 'orders of a customer in a month', number({ least: 0.01 }), 1.5)
  .option('--new-customers-per-order <n>', 'sign-ups for each order', amount, 0.2)
  .option('--uploads-per-order <n>', 'image uploads for each order', amount, 0.05)
  .option('--measure', 'measure the units on this machine (about three minutes) and store them')
  .action(async ({ ordersPerDay, stage, measure, ...activity }: Options) => {
    if (measure) return storeUnits()
    if (ordersPerDay === undefined)
      throw new UsageError('--orders-per-day is missing: npm run cost -- --orders-per-day 1000')
    const templates = await templatesOf(stage)
    const traffic: Traffic = { ordersPerDay, imagesPerRead: 2, ...activity }
    report(stage, traffic, fixedCostsOf([...templates.values()]))
  })

function report(stage: string, traffic: Traffic, fixed: FixedCosts): void {
  const measured = readUnits()
  const lines = billOf(measured, fixed, traffic)
  const idle = totalOf(billOf(measured, fixed, { ...traffic, ordersPerDay: 0 }))
  const total = totalOf(lines)
  const allowance = allowanceOf(lines)
  const orders = traffic.ordersPerDay * daysPerMonth
  console.log(`${stage}, ${traffic.ordersPerDay} orders per day, in ${region} at the prices of ${asOf}\n`)
  const rows = [
    ...billRows(lines),
    [],
    ['Total per month', dollars(total)],
    ['minus free tier', dollars(total - allowance), 'if no other workload of the account uses it'],
    ['idle', dollars(idle), 'without any traffic'],
    ...(orders > 0 ? [['per order', `$${((total - idle) / orders).toFixed(5)}`, 'including related activity']] : []),
  ]
  for (const line of tableLines(rows, ['left', 'right', 'left'])) console.log(line)
  console.log('\nAn order with two products, from placed to reserved or delivered')
  for (const line of tableLines(orderRows(measured), ['left', 'right', 'right', 'right'])) console.log(line)
  const { on, times, machine } = measured.measured
  console.log(`\nUnits measured on ${on}, ${times} times each, on ${machine}. ${note}`)
}

/** What an order takes, alone until it is reserved and delivered, and as one of ten a second. */
const orderRows = ({ units, orderReserved, orderUnderLoad }: MeasuredUnits): string[][] => {
  const all = [orderReserved, units.order, orderUnderLoad]
  const row = (name: string, of: (each: Units) => string) => [name, ...all.map(of)]
  return [
    ['', 'reserved', 'delivered', 'at 10/s'],
    row('write units', ({ dynamodbWriteUnits }) => dynamodbWriteUnits.toFixed(1)),
    row('invocations', ({ lambdaRequests }) => lambdaRequests.toFixed(1)),
    row('queue requests', ({ sqsRequests }) => sqsRequests.toFixed(1)),
    row('log bytes', ({ logBytes }) => logBytes.toFixed(0)),
    row('per million, without emails', (each) => dollars(usageUsd(each) * 1e6)),
  ]
}

async function storeUnits(): Promise<void> {
  const assemblies = {
    untilReserved: await synthesize('dev', { without: 'payments,shipping' }),
    complete: await synthesize('dev'),
  }
  const measured = await measureUnits(assemblies, { times: 10, say: (line) => console.error(line) })
  writeFileSync(unitsFile, `${JSON.stringify(measured, null, 2)}\n`)
  console.log(`The new units are in ${relative(process.cwd(), unitsFile)}.`)
  console.log('docs/capacity.md quotes some of them: update it with npm run preflight -- --stage prod --capacity')
}

await runCommand(command)
