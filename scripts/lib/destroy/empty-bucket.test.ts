import { PutObjectCommand } from '@aws-sdk/client-s3'
import { startTestBuckets, type TestBuckets } from '#test/support/buckets.ts'
import { emptyBucket } from './empty-bucket.ts'

let buckets: TestBuckets
beforeEach(async () => {
  buckets = await startTestBuckets('going', 'staying')
})
afterEach(() => buckets.stop())

test('all objects of one bucket go, and a second run finds none', async () => {
  for (const Bucket of ['going', 'staying']) {
    for (const Key of ['a', 'b/c']) await buckets.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
  }
  expect(await emptyBucket(buckets.client, 'going')).toBe(2)
  expect(await buckets.keys('going')).toEqual([])
  expect(await buckets.keys('staying')).toEqual(['a', 'b/c'])
  expect(await emptyBucket(buckets.client, 'going')).toBe(0)
})

test('a bucket that an earlier run deleted is empty', async () => {
  expect(await emptyBucket(buckets.client, 'never-there')).toBe(0)
})
