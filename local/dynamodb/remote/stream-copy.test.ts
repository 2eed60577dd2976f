import { AwsError } from '../../wire/aws-error.ts'
import { FakeStreams, makeCopy } from './testing.ts'

const open = (id: string, numbers: number[], parent?: string) => ({ id, numbers, parent, closed: false })
const closed = (id: string, numbers: number[], parent?: string) => ({ id, numbers, parent, closed: true })

async function untilIdle(round: () => Promise<{ records: number; finishedShards: number }>): Promise<void> {
  for (;;) {
    const { records, finishedShards } = await round()
    if (records + finishedShards === 0) return
  }
}

test('the records of a child shard are copied after all of its parent, in any order of the shard list', async () => {
  const fake = new FakeStreams(open('b', [4, 5], 'a'), closed('a', [1, 2, 3]), open('c', [6], 'a'))
  const { round, copied } = makeCopy(fake)
  await untilIdle(round)
  expect(copied().slice(0, 3)).toEqual([1, 2, 3])
  expect(copied().toSorted()).toEqual([1, 2, 3, 4, 5, 6])
})

test('the children of a shard are read immediately after it closes', async () => {
  const fake = new FakeStreams(open('a', [1]))
  const { round, copied } = makeCopy(fake)
  await untilIdle(round)
  fake.shards[0]!.numbers.push(2)
  fake.shards[0]!.closed = true
  fake.shards.push(open('b', [3], 'a'))
  await untilIdle(round)
  expect(copied()).toEqual([1, 2, 3])
})

test('a new copy continues after the last copied record', async () => {
  const fake = new FakeStreams(closed('a', [1, 2, 3]), open('b', [4], 'a'))
  const { round, another, copied } = makeCopy(fake)
  await round()
  expect(copied()).toEqual([1, 2])
  await untilIdle(another())
  expect(copied()).toEqual([1, 2, 3, 4])
  await untilIdle(another())
  expect(copied()).toEqual([1, 2, 3, 4])
})

test('a new shard without a parent is found within seconds', async () => {
  const fake = new FakeStreams(open('a', [1]))
  const { round, copied, clock } = makeCopy(fake)
  await untilIdle(round)
  fake.shards.push(open('z', [9]))
  await clock.advance(11_000)
  await untilIdle(round)
  expect(copied()).toEqual([1, 9])
})

test('an expired iterator is replaced by one at the same position', async () => {
  const fake = new FakeStreams(open('a', [1, 2]))
  const { round, copied } = makeCopy(fake)
  await round()
  fake.shards[0]!.numbers.push(3)
  fake.failures.push({ operation: 'GetRecords', error: new AwsError('ExpiredIteratorException', 'Iterator expired') })
  await untilIdle(round)
  expect(copied()).toEqual([1, 2, 3])
})

test('trimmed records are reported, and the remaining ones are copied', async () => {
  const fake = new FakeStreams(open('a', [1, 2]))
  const { round, another, copied, warnings } = makeCopy(fake)
  await round()
  fake.shards[0]!.numbers.splice(0, 2, 7)
  fake.failures.push({ operation: 'GetShardIterator', error: new AwsError('TrimmedDataAccessException', 'Trimmed') })
  await untilIdle(another())
  expect(copied()).toEqual([1, 2, 7])
  expect(warnings).toEqual([expect.stringContaining('were trimmed')])
})

test('a failed GetRecords neither loses nor duplicates records', async () => {
  const fake = new FakeStreams(open('a', [1, 2, 3]))
  const { round, copied } = makeCopy(fake)
  await round()
  fake.failures.push({ operation: 'GetRecords', error: new AwsError('ServiceUnavailable', 'Unavailable') })
  await expect(round()).rejects.toThrow('Unavailable')
  await untilIdle(round)
  expect(copied()).toEqual([1, 2, 3])
})
