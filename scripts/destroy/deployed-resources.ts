import {
  GetTemplateCommand,
  paginateListStackResources,
  type CloudFormationClient,
} from '@aws-sdk/client-cloudformation'
import type { DeployedResource } from './fates.ts'

/** What a stack holds. Its own template counts and not the checkout's, which may be of another day. */
export async function resourcesOf(client: CloudFormationClient, StackName: string): Promise<DeployedResource[]> {
  const { TemplateBody } = await client.send(new GetTemplateCommand({ StackName }))
  const template = JSON.parse(TemplateBody!)
  const resources: DeployedResource[] = []
  for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
    for (const { LogicalResourceId, ResourceType, PhysicalResourceId, ResourceStatus } of StackResourceSummaries) {
      if (!PhysicalResourceId || ResourceStatus === 'DELETE_COMPLETE') continue
      const policy: string | undefined = template.Resources[LogicalResourceId!]?.DeletionPolicy
      const isKept = policy !== undefined && policy.startsWith('Retain')
      resources.push({ stack: StackName, type: ResourceType!, physicalId: PhysicalResourceId, isKept })
    }
  }
  return resources
}
