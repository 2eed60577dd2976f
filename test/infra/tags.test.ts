import { stageNames } from '#infra/stages.ts'
import { labelled, synthesise } from './synthesised.ts'

/** What AWS gives no tags, or (budgets, applications of CodeDeploy) bills to nobody. */
const untagged =
  /^AWS::(ApiGatewayV2::(Authorizer|Integration|Route)|CloudFront::(OriginAccessControl|ResponseHeadersPolicy)|Cognito::UserPool(Client|Group)|Events::Archive|IAM::Policy|Lambda::(Permission|Version|Alias)|S3::BucketPolicy|SNS::(Subscription|TopicPolicy)|SQS::QueuePolicy)$/

const tagsOf = ({ Tags, UserPoolTags, Replicas }: any): Record<string, string> => {
  const tags = Tags ?? UserPoolTags ?? Replicas?.[0].Tags ?? {}
  return Array.isArray(tags) ? Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])) : tags
}

describe.each(stageNames)('%s', (stage) => {
  const tagged = async () => (await synthesise(stage)).resources.filter(({ type }) => !untagged.test(type))

  test('is on every resource that can have a tag, with the name of the application', async () => {
    for (const [label, { properties }] of labelled(await tagged())) {
      expect({ label, ...tagsOf(properties) }).toMatchObject({ label, application: 'cartwheel', stage })
    }
  })
})
