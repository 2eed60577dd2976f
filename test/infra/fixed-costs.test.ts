import { RetentionDays } from 'aws-cdk-lib/aws-logs'
import { stageOf } from '#infra/stages.ts'
import { fixedCostsOf } from '#scripts/lib/cost/fixed-costs.ts'
import { synthesize } from './synthesized.ts'

const stages = await Promise.all(
  ['dev', 'prod'].map(async (name) => [name, [...(await synthesize(name)).templates.values()]] as const),
)

test.each(stages)('the fixed costs of %s are found in its templates', (name, templates) => {
  const costs = fixedCostsOf(templates)
  const count = (type: string) =>
    templates.flatMap(({ Resources }) => Object.values<any>(Resources)).filter(({ Type }) => Type === type).length
  expect(costs.alarmMetrics).toBeGreaterThanOrEqual(count('AWS::CloudWatch::Alarm'))
  expect(costs.dashboards).toBe(count('AWS::CloudWatch::Dashboard'))
  expect(costs.secrets).toBe(count('AWS::SecretsManager::Secret'))
  expect(costs.polledQueues).toBe(count('AWS::Lambda::EventSourceMapping') - 1)
  expect(costs.archiveMonths).toBeCloseTo(stageOf(name).archiveDays / (365 / 12), 10)
  expect(costs.logRetentionMonths).toBeCloseTo(RetentionDays[stageOf(name).logRetention] / (365 / 12), 10)
  expect(costs.codesPerSignUp).toBe(stageOf(name).mail.mode === 'ses' ? 1 : 0)
})
