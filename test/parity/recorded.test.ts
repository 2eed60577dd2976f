import { readCorpus } from './corpus.ts'
import { compareWithRecorded, shrink } from './differential.ts'
import { sequenceOf } from './generate/sequences.ts'
import { knownDifferences } from './known-differences.ts'

const { version, recordings } = readCorpus()

test('the recording covers every operation and kind of error', () => {
  const steps = recordings.flatMap(({ sequence }) => sequence.steps)
  const responses = recordings.flatMap((recording) => recording.responses)
  expect(steps).toHaveLength(responses.length)
  const operations = new Set(steps.map((step) => (step.kind === 'stream' ? 'stream' : step.operation)))
  expect([...operations].toSorted()).toEqual(
    'BatchGetItem BatchWriteItem DeleteItem GetItem PutItem Query Scan TransactGetItems TransactWriteItems UpdateItem stream'
      .split(' ')
      .toSorted(),
  )
  const errors = responses.flatMap((response) => ('error' in response ? response.error.name : []))
  expect(new Set(errors)).toEqual(
    new Set([
      'ConditionalCheckFailedException',
      'TransactionCanceledException',
      'ValidationException',
      'ResourceNotFoundException',
      ...errors,
    ]),
  )
  expect(errors.length).toBeLessThan(responses.length / 2)
})

test.each(recordings.map(({ sequence, responses }) => [sequence.seed, sequence, responses] as const))(
  `seed %d: the embedded tables respond as DynamoDB Local ${version}`,
  async (_seed, sequence, responses) => {
    const { difference } = await compareWithRecorded(sequence, responses)
    expect(difference).toBeUndefined()
  },
)

test('detects a changed response', async () => {
  const { sequence, responses } = recordings[0]!
  const index = responses.findIndex((response) => 'output' in response)
  const changed = responses.map((response, place) => (place === index ? { output: { Other: true } } : response))
  const { difference } = await compareWithRecorded(sequence, changed)
  expect(difference).toMatchObject({ index, theirs: { output: { Other: true } } })
})

test('a seed always generates the same sequence', () => {
  expect(sequenceOf(7)).toEqual(sequenceOf(7))
  expect(sequenceOf(7)).not.toEqual(sequenceOf(8))
})

test('a known difference has a unique name and a reason', () => {
  expect(new Set(knownDifferences.map(({ name }) => name)).size).toBe(knownDifferences.length)
  expect(knownDifferences.filter(({ reason }) => reason === '')).toEqual([])
})

test('a reported sequence is reduced to the relevant steps', async () => {
  const sequence = sequenceOf(7)
  const [needed, last] = [sequence.steps[3]!, sequence.steps[20]!]
  const shrunk = await shrink(sequence, 20, async ({ steps }) => steps.includes(needed) && steps.at(-1) === last)
  expect(shrunk.steps).toEqual([needed, last])
})
