import { readBatchResponse } from './poller.ts'

const read = (response: unknown) => {
  const result = readBatchResponse(JSON.stringify(response), ['a', 'b', 'c'])
  return result.kind === 'some-failed' ? [...result.identifiers] : result.kind
}

test.each([
  [null, 'all-succeeded'],
  [{}, 'all-succeeded'],
  [{ batchItemFailures: null }, 'all-succeeded'],
  [{ batchItemFailures: [] }, 'all-succeeded'],
  [{ batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'a' }] }, ['b', 'a']],
  [{ batchItemFailures: [{ itemIdentifier: '' }] }, 'all-failed'],
  [{ batchItemFailures: [{ itemIdentifier: null }] }, 'all-failed'],
  [{ batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'z' }] }, 'all-failed'],
  [{ batchItemFailures: [{ id: 'a' }] }, 'all-failed'],
  [{ batchItemFailures: ['a'] }, 'all-failed'],
  [{ batchItemFailures: 'a' }, 'all-failed'],
  ['done', 'all-failed'],
])('the batch response %j means %j', (response, expected) => {
  expect(read(response)).toEqual(expected)
})
