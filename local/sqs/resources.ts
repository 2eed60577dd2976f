import type { ResourceProvider } from '../assembly/provider.ts'
import { numericAttributes } from './queue-attributes.ts'
import type { QueueStore } from './queue-store.ts'

export const queueProviders = (queues: QueueStore, urlOf: (queueName: string) => string): ResourceProvider[] => [
  {
    type: 'AWS::SQS::Queue',
    supported: ['QueueName', 'RedrivePolicy', ...numericAttributes],
    ignored: {
      SqsManagedSseEnabled: 'messages are stored in a file on this machine, not encrypted by the queue',
      Tags: 'tags are not used locally',
    },
    create: ({ properties, generatedName, logicalId }) => {
      if (String(properties['FifoQueue']) === 'true')
        throw new Error(`${logicalId} is a FIFO queue, which is not emulated: use a standard queue.`)
      const attributes = Object.entries(properties).flatMap(([name, value]) => {
        if (name === 'RedrivePolicy') return [[name, typeof value === 'string' ? value : JSON.stringify(value)]]
        return numericAttributes.includes(name) ? [[name, String(value)]] : []
      })
      const { name, arn } = queues.put(String(properties['QueueName'] ?? generatedName), Object.fromEntries(attributes))
      return { ref: urlOf(name), attributes: { Arn: arn, QueueName: name, QueueUrl: urlOf(name) } }
    },
  },
  {
    type: 'AWS::SQS::QueuePolicy',
    supported: ['Queues', 'PolicyDocument'],
    create: ({ properties, generatedName }) => {
      const Policy = JSON.stringify(properties['PolicyDocument'])
      for (const queueUrl of properties['Queues'] as string[]) queues.change(queues.byUrl(queueUrl).name, { Policy })
      return { ref: generatedName, attributes: { Id: generatedName } }
    },
  },
]
