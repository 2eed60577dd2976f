import { readBatchResponse } from './poller.ts'

const read = (response: unknown) => {
  const failures = readBatchResponse(JSON.stringify(response), ['a', 'b', 'c'])
  return typeof failures === 'string' ? 'all' : [...failures]
}

test.each([
  [null, []],
  [{}, []],
  [{ batchItemFailures: null }, []],
  [{ batchItemFailures: [] }, []],
  [{ batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'a' }] }, ['b', 'a']],
  [{ batchItemFailures: [{ itemIdentifier: '' }] }, 'all'],
  [{ batchItemFailures: [{ itemIdentifier: null }] }, 'all'],
  [{ batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'z' }] }, 'all'],
  [{ batchItemFailures: [{ id: 'a' }] }, 'all'],
  [{ batchItemFailures: ['a'] }, 'all'],
  [{ batchItemFailures: 'a' }, 'all'],
  ['done', 'all'],
])('the batch response %j reports %j', (response, expected) => {
  expect(read(response)).toEqual(expected)
})
