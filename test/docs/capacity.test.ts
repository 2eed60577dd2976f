import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stageOf } from '#infra/stages.ts'
import { readUnits } from '#scripts/lib/cost/units.ts'
import { capacityReport } from '#scripts/lib/preflight/capacity-report.ts'

/** If this fails after a new measurement of the units, paste the output of `npm run preflight -- --stage prod --capacity`. */
test('docs/capacity.md has the figures that the command prints', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/capacity.md'), 'utf8')
  const [, printed] = /<!-- capacity prod -->\n\n```\n([^]*?)\n```/.exec(page) ?? []
  expect(printed).toBe(capacityReport(stageOf('prod'), readUnits()))
})

test('the write units of the items of an order are those that were measured', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/capacity.md'), 'utf8')
  const [table] = /  \| Item .*\n(?:  \|.*\n)+/.exec(page)!
  const units = [...table.matchAll(/\| (\d+) +\|$/gm)].map(([, amount]) => Number(amount))
  expect(units.reduce((sum, amount) => sum + amount, 0)).toBe(Math.round(readUnits().units.order.dynamodbWriteUnits))
})

test('the steps to RESERVED have the sums that were measured', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/capacity.md'), 'utf8')
  const [, ...sums] = /_total_ +\| (\d+) +\| (\d+) +\| (\d+) +\|/.exec(page)!
  const { dynamodbWriteUnits, lambdaRequests, sqsRequests } = readUnits().orderReserved
  expect(sums.map(Number)).toEqual([dynamodbWriteUnits, lambdaRequests, sqsRequests].map(Math.round))
})
