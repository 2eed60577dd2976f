import type { CreatedResource, ResourceDeclaration, ResourceProvider } from '../assembly/provider.ts'
import type { QueueAttributes } from './queue-attributes.ts'
import type { SqsService } from './service.ts'

const numbers = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
  'MaximumMessageSize',
]

export const queueProviders = (service: SqsService): ResourceProvider[] => [
  {
    type: 'AWS::SQS::Queue',
    supported: ['QueueName', 'RedrivePolicy', ...numbers],
    ignored: {
      SqsManagedSseEnabled: 'messages are stored in a file on this machine, not encrypted by the queue',
      Tags: 'tags are not used locally',
    },
    create: (resource) => createQueue(service, resource),
  },
  {
    type: 'AWS::SQS::QueuePolicy',
    supported: ['Queues', 'PolicyDocument'],
    create: ({ properties, generatedName }) => {
      const Policy = JSON.stringify(properties['PolicyDocument'])
      for (const queueUrl of properties['Queues'] as string[]) service.setAttributes(queueUrl, { Policy })
      return { ref: generatedName, attributes: { Id: generatedName } }
    },
  },
]

function createQueue(
  service: SqsService,
  { properties, generatedName, logicalId }: ResourceDeclaration,
): CreatedResource {
  if (String(properties['FifoQueue']) === 'true') {
    throw new Error(`${logicalId} is a FIFO queue, which is not emulated: use a standard queue.`)
  }
  const name = String(properties['QueueName'] ?? generatedName)
  const attributes: QueueAttributes = {}
  for (const key of numbers) {
    if (properties[key] !== undefined) attributes[key] = String(properties[key])
  }
  const redrive: unknown = properties['RedrivePolicy']
  if (redrive !== undefined)
    attributes['RedrivePolicy'] = typeof redrive === 'string' ? redrive : JSON.stringify(redrive)
  const { arn, url } = service.declareQueue(name, attributes)
  return { ref: url, attributes: { Arn: arn, QueueName: name, QueueUrl: url } }
}
