import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { services } from '#infra/services.ts'
import type { Deployment } from './deployment.ts'

/**
 * Each optional service consumes events, so it has a queue, which is named after it.
 * @returns the names of the optional services that the deployment does not have
 */
export async function missingServices(
  deployment: Pick<Deployment, 'eventBusName' | 'clientConfiguration'>,
): Promise<string[]> {
  const optionalServices = services.filter(({ optional }) => optional)
  const sqs = new SQSClient(deployment.clientConfiguration)
  try {
    const missing = await Promise.all(
      optionalServices.map(async ({ name }) => {
        const prefix = `${deployment.eventBusName}-${name}-`
        const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix }))
        return QueueUrls.length === 0 ? [name] : []
      }),
    )
    return missing.flat()
  } finally {
    sqs.destroy()
  }
}
