import type { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import type { Known } from '../preflight/known.ts'
import { readResources } from '../preflight/stacks.ts'
import { deployedTemplate } from '../release/deployed-template.ts'
import type { FatedResource } from './deletion-plan.ts'

/** What a stack holds. Its own template counts and not the checkout's, which may be of another day. */
export async function readFatedResources(client: CloudFormationClient, stack: string): Promise<Known<FatedResource[]>> {
  const [template, resources] = await Promise.all([
    deployedTemplate(client, stack),
    readResources(client, [{ name: stack }]),
  ])
  if (!template.known) return template
  if (!resources.known) return resources
  const policyOf = (logicalId: string): string | undefined => template.value?.Resources[logicalId]?.DeletionPolicy
  const value = resources.value.map(({ logicalId, type, physicalId }) => ({
    type,
    physicalId,
    isKept: policyOf(logicalId)?.startsWith('Retain') ?? false,
  }))
  return { known: true, value }
}
