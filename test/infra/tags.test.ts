import { Stack } from 'aws-cdk-lib'
import { stageNames, stageOf } from '#infra/stages.ts'
import { appOf } from './app-of.ts'
import { labelled, synthesize } from './synthesized.ts'
import { applicationId } from '#shared/application.ts'

/** Types that do not support tags, or whose tags CloudFormation does not set. */
const untagged =
  /^(AWS|Custom)::(CDKBucketDeployment|Budgets::Budget|ApiGatewayV2::(Authorizer|Integration|Route)|CloudFront::(CachePolicy|OriginAccessControl|ResponseHeadersPolicy)|Cognito::UserPool(Client|Group)|Events::Archive|IAM::Policy|Lambda::(LayerVersion|Permission|Version|Alias|EventInvokeConfig)|S3::BucketPolicy|Scheduler::Schedule|SES::ConfigurationSetEventDestination|SNS::(Subscription|TopicPolicy)|SQS::QueuePolicy)$/

const tagsOf = ({ Tags, UserPoolTags, Replicas }: any): Record<string, string> => {
  const tags = Tags ?? UserPoolTags ?? Replicas?.[0].Tags ?? {}
  return Array.isArray(tags) ? Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) : tags
}

const tagsOfAll = (stage: string) => ({ application: applicationId, stage, budget: `${applicationId}-${stage}` })

// Outside of the tests, which have a timeout: it is slow on a busy machine.
const synthesizing = stageNames.map(async (stage) => [stage, (await synthesize(stage)).resources] as const)
const resourcesOf = new Map(await Promise.all(synthesizing))

describe.each(stageNames)('%s', (stage) => {
  const tagged = resourcesOf.get(stage)!.filter(({ type }) => !untagged.test(type))

  test('every taggable resource has the tags of application, stage and budget', () => {
    for (const [label, { properties }] of labelled(tagged)) {
      expect({ label, ...tagsOf(properties) }).toMatchObject({ label, ...tagsOfAll(stage) })
    }
  })

  test('every stack has these tags, which distinguish it from stacks of other applications', () => {
    const stacks = appOf(stageOf(stage)).node.children.filter((child) => Stack.isStack(child))
    expect(stacks).not.toEqual([])
    for (const stack of stacks) expect(stack.tags.tagValues()).toEqual(tagsOfAll(stage))
  })
})
