import { stageNames, stageOf } from '#infra/stages.ts'
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

test.each(stageNames)('%s: orders are grouped for their reservation as the stage settings say', (name) => {
  const { batchSize, batchWindowSeconds, maxConcurrency } = stageOf(name).reservation
  const [mapping] = syntheses
    .get(name)!
    .ofType('AWS::Lambda::EventSourceMapping')
    .filter(({ logicalId }) => logicalId.startsWith('reservestockconsumer'))
  expect(mapping!.properties).toMatchObject({
    BatchSize: batchSize,
    ScalingConfig: { MaximumConcurrency: maxConcurrency },
  })
  expect(mapping!.properties.MaximumBatchingWindowInSeconds).toBe(batchWindowSeconds)
})
