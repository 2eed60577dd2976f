import { readCorpus } from './corpus.ts'
import { compareWithRecorded, shrink } from './differential.ts'
import { sequenceOf } from './generate/sequences.ts'
import { knownDifferences } from './known-differences.ts'

const { version, recordings } = readCorpus()

test('the recording covers every operation and kind of error', () => {
  const steps = recordings.flatMap(({ sequence }) => sequence.steps)
  const answers = recordings.flatMap((recording) => recording.answers)
  expect(steps).toHaveLength(answers.length)
  const operations = new Set(steps.map((step) => (step.kind === 'stream' ? 'stream' : step.operation)))
  expect([...operations].toSorted()).toEqual(
    'BatchGetItem BatchWriteItem DeleteItem GetItem PutItem Query Scan TransactGetItems TransactWriteItems UpdateItem stream'
      .split(' ')
      .toSorted(),
  )
  const errors = answers.flatMap((answer) => ('error' in answer ? answer.error.name : []))
  expect(new Set(errors)).toEqual(
    new Set([
      'ConditionalCheckFailedException',
      'TransactionCanceledException',
      'ValidationException',
      'ResourceNotFoundException',
      ...errors,
    ]),
  )
  expect(errors.length).toBeLessThan(answers.length / 2)
})

test.each(recordings.map(({ sequence, answers }) => [sequence.seed, sequence, answers] as const))(
  `seed %d: the embedded tables respond as DynamoDB Local ${version}`,
  async (_seed, sequence, answers) => {
    const { difference } = await compareWithRecorded(sequence, answers)
    expect(difference).toBeUndefined()
  },
)

test('detects a changed response', async () => {
  const { sequence, answers } = recordings[0]!
  const index = answers.findIndex((answer) => 'output' in answer)
  const changed = answers.map((answer, place) => (place === index ? { output: { Other: true } } : answer))
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
