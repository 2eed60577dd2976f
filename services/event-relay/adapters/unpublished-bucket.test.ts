import { GetObjectCommand } from '@aws-sdk/client-s3'
import { startTestBuckets, type TestBuckets } from '#test/support/buckets.ts'
import { unpublishedBucket } from './unpublished-bucket.ts'

let buckets: TestBuckets
beforeEach(async () => {
  buckets = await startTestBuckets('unpublished')
})
afterEach(() => buckets.stop())

const record = { dynamodb: { SequenceNumber: '7', NewImage: { title: { S: 'Žluťoučký kůň 🐎' } } } }
const ofId = (id: string, problem = 'too large') => ({ id, problem, record })

test('a record is stored completely, with its problem, and once even if it is stored repeatedly', async () => {
  const unpublished = unpublishedBucket(buckets.client, 'unpublished')
  for (const each of [ofId('e-1'), ofId('e-2', 'rejected'), ofId('e-1')]) await unpublished.store(each)
  expect(await buckets.keys('unpublished')).toEqual(['relay/e-1.json', 'relay/e-2.json'])
  const get = new GetObjectCommand({ Bucket: 'unpublished', Key: 'relay/e-1.json' })
  const { Body, ContentType } = await buckets.client.send(get)
  expect(JSON.parse(await Body!.transformToString())).toEqual({ problem: 'too large', record })
  expect(ContentType).toBe('application/json')
})

test('a record that is not stored is an error', async () => {
  await expect(unpublishedBucket(buckets.client, 'another').store(ofId('e-1'))).rejects.toThrow()
})
