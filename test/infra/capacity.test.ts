import { stageNames, stageOf } from '#infra/stages.ts'
import { reservationBatch } from '#scripts/lib/preflight/capacity.ts'
import { synthesize } from './synthesized.ts'

// Outside of the tests, whose time is limited: a busy machine takes long for it.
const synthesizing = stageNames.map(async (name) => [name, await synthesize(name)] as const)
const syntheses = new Map(await Promise.all(synthesizing))

test.each(stageNames)('%s: the table is as warm as the record says, and unlimited where it says nothing', (name) => {
  const [table] = syntheses.get(name)!.ofType('AWS::DynamoDB::GlobalTable')
  const { warmThroughput } = stageOf(name)
  expect(table!.properties.WarmThroughput).toEqual(
    warmThroughput && {
      ReadUnitsPerSecond: warmThroughput.readsPerSecond,
      WriteUnitsPerSecond: warmThroughput.writesPerSecond,
    },
  )
  expect(table!.properties.BillingMode).toBe('PAY_PER_REQUEST')
})

test('the batch size of reservations is the one that the limit of a hot item assumes', () => {
  const synthesis = syntheses.get('prod')!
  const batches = synthesis
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter((mapping) => mapping.logicalId.startsWith('reservestockconsumer'))
    .map(({ properties }) => properties.BatchSize)
  expect(batches).toEqual([reservationBatch])
})
