import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'
import { stageNames } from '#infra/stages.ts'
import { parseFlags, runScript } from '../lib/command.ts'
import { allowanceOf, billOf, totalOf } from '../lib/cost/bill.ts'
import { measureUnits } from '../lib/cost/measure.ts'
import { readPrices } from '../lib/cost/prices.ts'
import { dollars, printBill } from '../lib/cost/print-bill.ts'
import { standingOf } from '../lib/cost/fixed-costs.ts'
import type { Traffic } from '../lib/cost/traffic.ts'
import { readUnits, unitsFile } from '../lib/cost/units.ts'
import { UsageError } from '../lib/deployment.ts'
import { stageFlag } from '../lib/stage-flag.ts'
import { synthesise } from '../lib/synthesize.ts'
import { templatesOf } from '../lib/templates.ts'

const help = `
npm run cost -- --orders-per-day N [--stage S]

What a stage costs on AWS in a month, by service: the synthesised templates say what stands there, measured units say
what an order and all around it use, and scripts/lib/cost/prices.json says what AWS asks for that. List prices of one
region, without taxes and support; the allowances that every account has each month come off at the end.

  --orders-per-day N           orders a day; 0 is an idle stage
  --stage S                    ${stageNames.join(', ')} (default prod)
  --reads-per-order N          products looked at for each order (default 20)
  --orders-per-customer N      orders of a customer in a month (default 1.5)
  --new-customers-per-order N  sign-ups for each order (default 0.2)
  --uploads-per-order N        pictures uploaded for each order (default 0.05)
  --json                       one JSON document
  --measure                    measure the units anew on this machine (about a minute), and keep them
`

const picturesPerRead = 2

await runScript(async () => {
  const flags = parseFlags(
    {
      'orders-per-day': { type: 'string' },
      stage: { type: 'string', default: 'prod' },
      'reads-per-order': { type: 'string', default: '20' },
      'orders-per-customer': { type: 'string', default: '1.5' },
      'new-customers-per-order': { type: 'string', default: '0.2' },
      'uploads-per-order': { type: 'string', default: '0.05' },
      json: { type: 'boolean', default: false },
      measure: { type: 'boolean', default: false },
    },
    help,
  )
  if (flags.measure) return measure()
  if (flags['orders-per-day'] === undefined) throw new UsageError('Say how many: npm run cost -- --orders-per-day 1000')
  const { name: stage } = stageFlag(flags.stage)
  const traffic: Traffic = {
    ordersPerDay: amountOf('orders-per-day', flags['orders-per-day']),
    readsPerOrder: amountOf('reads-per-order', flags['reads-per-order']),
    ordersPerCustomer: amountOf('orders-per-customer', flags['orders-per-customer']),
    newCustomersPerOrder: amountOf('new-customers-per-order', flags['new-customers-per-order']),
    uploadsPerOrder: amountOf('uploads-per-order', flags['uploads-per-order']),
    picturesPerRead,
  }
  if (traffic.ordersPerCustomer === 0) throw new UsageError('--orders-per-customer takes a number above zero.')
  const templates = await templatesOf(stage)
  report(stage, traffic, standingOf([...templates.values()]), flags.json)
})

function report(stage: string, traffic: Traffic, standing: ReturnType<typeof standingOf>, json: boolean): void {
  const prices = readPrices()
  const measured = readUnits()
  const lines = billOf(measured, standing, traffic, prices)
  const idle = totalOf(billOf(measured, standing, { ...traffic, ordersPerDay: 0 }, prices))
  const total = totalOf(lines)
  const allowance = allowanceOf(lines, prices)
  const orders = (traffic.ordersPerDay * 365) / 12
  const perOrder = orders > 0 ? { fixed: idle / orders, running: (total - idle) / orders } : undefined
  if (json) {
    console.log(
      JSON.stringify({ stage, traffic, standing, lines, total, allowance, idle, perOrder, asOf: prices.asOf }, null, 2),
    )
    return
  }
  console.log(`${stage}, ${traffic.ordersPerDay} orders a day, in ${prices.region} at the prices of ${prices.asOf}\n`)
  printBill(lines, console.log)
  console.log(`\n${'A month'.padEnd(16)}${dollars(total).padStart(12)}`)
  console.log(
    `${'less allowances'.padEnd(16)}${dollars(total - allowance).padStart(12)}  if this is all that the account does`,
  )
  console.log(`${'of it idle'.padEnd(16)}${dollars(idle).padStart(12)}  whether anybody comes or not`)
  if (perOrder)
    console.log(`${'an order'.padEnd(16)}${`$${perOrder.running.toFixed(5)}`.padStart(12)}  and all that belongs to it`)
  const { on, times, machine } = measured.measured
  console.log(`\nUnits measured on ${on}, ${times} times each, on ${machine}. ${prices.note}`)
}

async function measure(): Promise<void> {
  const { directory } = await synthesise('dev')
  const measured = await measureUnits(directory, { times: 10, say: (line) => console.error(line) })
  writeFileSync(unitsFile, `${JSON.stringify(measured, null, 2)}\n`)
  console.log(`${relative(process.cwd(), unitsFile)} has the new units.`)
  console.log('docs/capacity.md quotes some of them: npm run preflight -- --stage prod --capacity prints it anew.')
}

function amountOf(flag: string, text: string): number {
  const amount = Number(text)
  if (text.trim() === '' || !Number.isFinite(amount) || amount < 0)
    throw new UsageError(`--${flag} takes a number that is not negative, not ${text}.`)
  return amount
}
