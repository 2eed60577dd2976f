import { fatesOf, planOf, type FatedResource } from './deletion-plan.ts'

const resource = (type: string, physicalId: string, isKept: boolean): FatedResource => ({
  type: `AWS::${type}`,
  physicalId,
  isKept,
})

const table = 'DynamoDB::GlobalTable'

test('what is deleted is counted, what is kept is named', () => {
  const fates = fatesOf([
    resource(table, 'shop-table', true),
    resource('Logs::LogGroup', 'g1', true),
    resource('Logs::LogGroup', 'g2', true),
    resource('Lambda::Function', 'f', false),
  ])
  const plan = planOf('account 1', ['a', 'b'], fates)
  expect(plan[0]).toBe('Delete 2 stacks for good (account 1).')
  expect(plan.join('\n')).toContain(
    'Kept, as the stage wants it:\n  table with everything in it: shop-table\n  2 log groups',
  )
  expect(plan.join('\n')).not.toContain('Gone')
})

test('data that go are said before anything else', () => {
  const fates = fatesOf([
    resource(table, 't', false),
    resource('S3::Bucket', 'b', false),
    resource('SQS::Queue', 'q', false),
  ])
  expect(planOf('account 1', ['a'], fates)).toEqual([
    'Delete 1 stacks for good (account 1).',
    'Gone, with no way back:',
    '  1 × table with everything in it',
    '  1 × bucket with all objects',
    'Nothing is kept.',
  ])
})

test('only buckets that go are emptied', () => {
  const { buckets } = fatesOf([resource('S3::Bucket', 'kept', true), resource('S3::Bucket', 'gone', false)])
  expect(buckets).toEqual(['gone'])
})
