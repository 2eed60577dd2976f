import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stageOf } from '#infra/stages.ts'
import { readUnits } from '#scripts/lib/cost/units.ts'
import { capacityReport } from '#scripts/lib/preflight/capacity-report.ts'

/** After the units were measured anew: paste the output of `npm run preflight -- --stage prod --capacity`. */
test('the figures of the page on capacity are those that the command prints', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/capacity.md'), 'utf8')
  const [, printed] = /<!-- capacity prod -->\n\n```\n([^]*?)\n```/.exec(page) ?? []
  expect(printed).toBe(capacityReport(stageOf('prod'), readUnits()))
})
