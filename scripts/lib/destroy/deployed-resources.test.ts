import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { readFatedResources } from './deployed-resources.ts'

/** CloudFormation with one stack. */
const clientOf = (template: object, summaries: object[]) =>
  Object.assign(new CloudFormationClient({ region: 'us-east-1' }), {
    send: async (command: { constructor: { name: string } }) =>
      command.constructor.name === 'GetTemplateCommand'
        ? { TemplateBody: JSON.stringify(template) }
        : { StackResourceSummaries: summaries },
  })

const resourcesOf = async (client: CloudFormationClient) => {
  const found = await readFatedResources(client, 'shop')
  if (!found.known) throw new Error(found.why)
  return found.value
}

const summary = (id: string, status = 'CREATE_COMPLETE') => ({
  LogicalResourceId: id,
  ResourceType: 'AWS::S3::Bucket',
  PhysicalResourceId: `${id}-in-aws`,
  ResourceStatus: status,
})

test('the deployed template decides what is kept', async () => {
  const template = {
    Resources: {
      kept: { DeletionPolicy: 'Retain' },
      keptUnlessCreating: { DeletionPolicy: 'RetainExceptOnCreate' },
      gone: { DeletionPolicy: 'Delete' },
      unsaid: {},
    },
  }
  const found = await resourcesOf(
    clientOf(
      template,
      Object.keys(template.Resources).map((id) => summary(id)),
    ),
  )
  expect(found.map(({ physicalId, isKept }) => [physicalId, isKept])).toEqual([
    ['kept-in-aws', true],
    ['keptUnlessCreating-in-aws', true],
    ['gone-in-aws', false],
    ['unsaid-in-aws', false],
  ])
})

test('what an earlier run deleted is not there any more', async () => {
  const found = await resourcesOf(clientOf({ Resources: {} }, [summary('a', 'DELETE_COMPLETE'), summary('b')]))
  expect(found.map(({ physicalId }) => physicalId)).toEqual(['b-in-aws'])
})
