import { stageOf } from '#infra/stages.ts'
import { standingOf } from '#scripts/lib/cost/fixed-costs.ts'
import { synthesize } from './synthesized.ts'

const stages = await Promise.all(
  ['dev', 'prod'].map(async (name) => [name, [...(await synthesize(name)).templates.values()]] as const),
)

test.each(stages)('of %s all is found that is paid by the month', (name, templates) => {
  const standing = standingOf(templates)
  const count = (type: string) =>
    templates.flatMap(({ Resources }) => Object.values<any>(Resources)).filter(({ Type }) => Type === type).length
  expect(standing.alarmMetrics).toBeGreaterThanOrEqual(count('AWS::CloudWatch::Alarm'))
  expect(standing.dashboards).toBe(count('AWS::CloudWatch::Dashboard'))
  expect(standing.polledQueues).toBe(count('AWS::Lambda::EventSourceMapping') - 1)
  expect(standing.archiveMonths).toBeCloseTo(stageOf(name).archiveDays / (365 / 12), 10)
  expect(standing.logRetentionMonths).toBeCloseTo(stageOf(name).logRetention / (365 / 12), 10)
})
