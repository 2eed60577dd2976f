import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import type { Deployment } from './deployment.ts'

/** The services that a deployment can leave out. Each consumes events, so it has a queue. */
export const optionalServices = ['inventory', 'thumbnails', 'notifications'] as const

export type OptionalService = (typeof optionalServices)[number]

/** @returns the optional services that the deployment does not have: those without a queue, which is named after its service */
export async function missingServices(
  deployment: Pick<Deployment, 'eventBusName' | 'clientConfiguration'>,
): Promise<OptionalService[]> {
  const sqs = new SQSClient(deployment.clientConfiguration)
  try {
    const missing = await Promise.all(
      optionalServices.map(async (service) => {
        const prefix = `${deployment.eventBusName}-${service}-`
        const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: prefix }))
        return QueueUrls.length === 0 ? [service] : []
      }),
    )
    return missing.flat()
  } finally {
    sqs.destroy()
  }
}
