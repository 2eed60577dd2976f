import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stageNames } from '#infra/stages.ts'
import { deletedDataDays } from '#shared/days.ts'
import { republishedPrefix } from '#shared/lambda/lambda-names.ts'
import { shop } from '../../web/src/storefront/shop.ts'
import { root, synthesize, type Synthesis } from './synthesized.ts'

const daysOf = (seconds: number) => seconds / (24 * 60 * 60)

/** How long copies stay after what they were made of was deleted, in days. */
function copiesOf(synthesis: Synthesis): Record<string, number> {
  const properties = (type: string) => synthesis.ofType(type).map((resource) => resource.properties)
  const [table] = properties('AWS::DynamoDB::GlobalTable')
  const [archive] = properties('AWS::Events::Archive')
  const [stream] = properties('AWS::Lambda::EventSourceMapping').filter((each) => each.MaximumRecordAgeInSeconds)
  const backup = table.Replicas[0].PointInTimeRecoverySpecification
  expect(backup.PointInTimeRecoveryEnabled).toBe(true)
  const queues = properties('AWS::SQS::Queue').map((queue) => daysOf(queue.MessageRetentionPeriod))
  return {
    // "The default value is 35" (DynamoDB API reference, PointInTimeRecoverySpecification).
    backups: backup.RecoveryPeriodInDays ?? 35,
    archive: archive.RetentionDays,
    // A message keeps its enqueue time when it moves to a dead-letter queue.
    queues: Math.max(...queues),
    unpublished: daysOf(stream.MaximumRecordAgeInSeconds) + unpublishedDaysOf(synthesis),
  }
}

/** An object is copied when it was republished, which begins its time again, and each expires at the midnight after it. */
function unpublishedDaysOf(synthesis: Synthesis): number {
  const [rules] = synthesis
    .ofType('AWS::S3::Bucket')
    .map(({ properties }) => properties.LifecycleConfiguration?.Rules ?? [])
    .filter((each) => each.some((rule: any) => rule.Prefix === republishedPrefix))
  return rules.reduce((sum: number, rule: any) => sum + rule.ExpirationInDays + 1, 0)
}

test.each(stageNames)('%s keeps no copy of deleted personal data for longer than it is said', async (name) => {
  const copies = copiesOf(await synthesize(name === 'dev' ? undefined : name))
  expect(Object.values(copies).every((days) => days > 0 && days <= deletedDataDays)).toBe(true)
})

test.each(['SECURITY.md', 'services/users/README.md', 'docs/runbooks/unpublished-events.md'])(
  '%s and the privacy notice say the same',
  (file) => {
    expect(readFileSync(join(root, file), 'utf8').includes(`at most ${deletedDataDays} days`)).toBe(true)
    expect(shop.deletedDataDays).toBe(deletedDataDays)
  },
)
