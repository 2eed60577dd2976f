import { stageNames, stageOf } from '#infra/stages.ts'
import { reservationBatch } from '#scripts/lib/preflight/capacity.ts'
import { synthesize } from './synthesized.ts'

// Outside of the tests, which have a timeout: it is slow on a busy machine.
const synthesizing = stageNames.map(async (name) => [name, await synthesize(name)] as const)
const syntheses = new Map(await Promise.all(synthesizing))

test.each(stageNames)(
  '%s: the table has the warm throughput of the stage settings, and no limit if they set none',
  (name) => {
    const [table] = syntheses.get(name)!.ofType('AWS::DynamoDB::GlobalTable')
    const { warmThroughput } = stageOf(name)
    expect(table!.properties.WarmThroughput).toEqual(
      warmThroughput && {
        ReadUnitsPerSecond: warmThroughput.readsPerSecond,
        WriteUnitsPerSecond: warmThroughput.writesPerSecond,
      },
    )
    expect(table!.properties.BillingMode).toBe('PAY_PER_REQUEST')
  },
)

test('the hot item limit is calculated with the batch size of the reservation queue', () => {
  const synthesis = syntheses.get('prod')!
  const batches = synthesis
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter((mapping) => mapping.logicalId.startsWith('reservestockconsumer'))
    .map(({ properties }) => properties.BatchSize)
  expect(batches).toEqual([reservationBatch])
})
