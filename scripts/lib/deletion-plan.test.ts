import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { startTestBuckets } from '#test/support/buckets.ts'
import { deletionPlan, emptyBucket, planLines, readPlannedResources, type PlannedResource } from './deletion-plan.ts'

describe('reading deployed resources', () => {
  /** CloudFormation with one stack. */
  const clientOf = (template: object, summaries: object[]) =>
    Object.assign(new CloudFormationClient({ region: 'us-east-1' }), {
      send: async (command: { constructor: { name: string } }) =>
        command.constructor.name === 'GetTemplateCommand'
          ? { TemplateBody: JSON.stringify(template) }
          : { StackResourceSummaries: summaries },
    })

  const resourcesOf = async (client: CloudFormationClient) => {
    const found = await readPlannedResources(client, ['shop'])
    if (!found.known) throw new Error(found.why)
    return found.value
  }

  const summary = (id: string, status = 'CREATE_COMPLETE') => ({
    LogicalResourceId: id,
    ResourceType: 'AWS::S3::Bucket',
    PhysicalResourceId: `${id}-in-aws`,
    ResourceStatus: status,
  })

  test('reads the deletion policies from the deployed template', async () => {
    const template = {
      Resources: {
        retained: { DeletionPolicy: 'Retain' },
        retainedExceptOnCreate: { DeletionPolicy: 'RetainExceptOnCreate' },
        deleted: { DeletionPolicy: 'Delete' },
        withoutPolicy: {},
      },
    }
    const summaries = Object.keys(template.Resources).map((id) => summary(id))
    const found = await resourcesOf(clientOf(template, summaries))
    expect(found.map(({ physicalId, isRetained }) => [physicalId, isRetained])).toEqual([
      ['retained-in-aws', true],
      ['retainedExceptOnCreate-in-aws', true],
      ['deleted-in-aws', false],
      ['withoutPolicy-in-aws', false],
    ])
  })

  test('omits resources that a previous run deleted', async () => {
    const found = await resourcesOf(clientOf({ Resources: {} }, [summary('a', 'DELETE_COMPLETE'), summary('b')]))
    expect(found.map(({ physicalId }) => physicalId)).toEqual(['b-in-aws'])
  })
})

describe('the plan', () => {
  const resource = (type: string, physicalId: string, isRetained: boolean): PlannedResource => ({
    type: `AWS::${type}`,
    physicalId,
    isRetained,
  })
  const table = 'DynamoDB::GlobalTable'
  const unprotected = { isProtected: false }

  test('counts the deleted resources and names the retained ones', () => {
    const plan = deletionPlan([
      resource(table, 'shop-table', true),
      resource('Logs::LogGroup', 'g1', true),
      resource('Logs::LogGroup', 'g2', true),
      resource('Lambda::Function', 'f', false),
    ])
    const lines = planLines('account 1', [unprotected, unprotected], plan)
    expect(lines[0]).toBe('Delete 2 stacks permanently (account 1).')
    expect(lines.join('\n')).toContain(
      'Retained, as the stage is configured:\n  table with all items: shop-table\n  2 log groups',
    )
    expect(lines.join('\n')).not.toContain('cannot be restored')
  })

  test('lists lost data first', () => {
    const plan = deletionPlan([
      resource(table, 't', false),
      resource('S3::Bucket', 'b', false),
      resource('SQS::Queue', 'q', false),
      resource('Logs::LogGroup', 'g', true),
    ])
    expect(planLines('account 1', [unprotected], plan)).toEqual([
      'Delete 1 stack permanently (account 1).',
      'Deleted, and cannot be restored:',
      '  1 × table with all items',
      '  1 × bucket with all objects',
      'Retained, as the stage is configured:',
      '  1 log group',
    ])
    expect(planLines('account 1', [unprotected], deletionPlan([])).at(-1)).toBe('Nothing is retained.')
    const restored = { tableName: 'the-table-restored' }
    expect(planLines('account 1', [unprotected], deletionPlan([], restored)).at(-1)).toBe(
      '  table with all items: the-table-restored',
    )
  })

  test('names the protection that it disables', () => {
    expect(planLines('account 1', [{ isProtected: true }, unprotected], deletionPlan([])).slice(0, 2)).toEqual([
      'Delete 2 stacks permanently (account 1).',
      'Disable the termination protection of 1 stack first.',
    ])
  })

  test('empties only buckets that are deleted', () => {
    const { buckets } = deletionPlan([resource('S3::Bucket', 'a', true), resource('S3::Bucket', 'b', false)])
    expect(buckets).toEqual(['b'])
  })
})

test('emptying a bucket deletes all its objects and no others, and can be repeated', async () => {
  const buckets = await startTestBuckets('deleted', 'retained')
  try {
    for (const Bucket of ['deleted', 'retained']) {
      for (const Key of ['a', 'b/c']) await buckets.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }))
    }
    expect(await emptyBucket(buckets.client, 'deleted')).toBe(2)
    expect(await buckets.keys('deleted')).toEqual([])
    expect(await buckets.keys('retained')).toEqual(['a', 'b/c'])
    expect(await emptyBucket(buckets.client, 'deleted')).toBe(0)
    expect(await emptyBucket(buckets.client, 'does-not-exist')).toBe(0)
  } finally {
    await buckets.stop()
  }
})
