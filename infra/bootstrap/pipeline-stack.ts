import { Aws, CfnOutput, Duration, RemovalPolicy, Stack, Tags, Validations } from 'aws-cdk-lib'
import { Effect, OidcProviderNative, PolicyStatement, Role, WebIdentityPrincipal } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { applicationId } from '#shared/application.ts'
import { logGroupOf } from '#shared/lambda/lambda-names.ts'
import { stageOf } from '../stages.ts'
import {
  bootstrapRoles,
  endToEndActions,
  noticeKeys,
  preflightActions,
  seedActions,
  seedKeys,
  syntheticOrderActions,
  syntheticOrderKey,
} from './permissions.ts'
import type { PipelineRequest } from './request.ts'

const issuer = 'token.actions.githubusercontent.com'

/** The default qualifier of the roles that `cdk bootstrap` creates. */
const qualifier = 'hnb659fds'

/**
 * The role that the pipeline assumes for a stage, without stored keys: GitHub signs the identity of a run, and only
 * runs of this repository in this stage's environment are accepted.
 */
export class PipelineStack extends Stack {
  constructor(scope: Construct, id: string, { repository, stage, provider }: PipelineRequest) {
    super(scope, id, { description: `Lets GitHub's runs for ${stage} of ${repository} deploy.` })
    Tags.of(this).add('application', applicationId)
    Tags.of(this).add('stage', stage)
    const role = new Role(this, 'role', {
      assumedBy: new WebIdentityPrincipal(this.providerArn(provider), {
        StringEquals: {
          [`${issuer}:aud`]: 'sts.amazonaws.com',
          [`${issuer}:sub`]: `repo:${repository}:environment:${stage}`,
        },
      }),
      // What the workflow asks for: as long as its jobs may take.
      maxSessionDuration: Duration.hours(2),
      description: `Deploys ${stage} from ${repository}`,
    })
    const { prefix, release } = stageOf(stage)
    for (const statement of [
      ...deployment(),
      // Where all calls move at once no synthetic orders run, and the permission to set passwords is broad.
      ...(release.shift === 'all-at-once' ? [] : syntheticOrders(prefix, stage)),
      ...(stage === 'prod' ? [] : [...seed(prefix), ...endToEnd(prefix, stage)]),
    ]) {
      role.addToPolicy(statement)
    }
    acceptWildcards(role, prefix)
    new CfnOutput(this, 'RoleArn', { value: role.roleArn, description: 'For the variable AWS_ROLE_ARN in GitHub' })
  }

  private providerArn(provider: PipelineRequest['provider']): string {
    if (provider === 'existing') return `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:oidc-provider/${issuer}`
    return new OidcProviderNative(this, 'github', {
      url: `https://${issuer}`,
      clientIds: ['sts.amazonaws.com'],
      // Other stages of the account may have come to rely on it.
      removalPolicy: RemovalPolicy.RETAIN,
    }).openIdConnectProviderArn
  }
}

const allow = (sid: string, actions: readonly string[], resources: string[], conditions?: Record<string, unknown>) =>
  new PolicyStatement({
    sid,
    effect: Effect.ALLOW,
    actions: [...actions],
    resources,
    ...(conditions ? { conditions } : {}),
  })

const arn = (service: string, resource: string) =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`

const deployment = (): PolicyStatement[] => [
  allow(
    'DeployThroughTheCdk',
    ['sts:AssumeRole'],
    bootstrapRoles.map(
      (name) =>
        `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/cdk-${qualifier}-${name}-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
    ),
  ),
  allow('Preflight', preflightActions, ['*']),
]

/** The id of a pool is not known here; its tags identify it. IAM has no smaller resource, such as a user. */
const ofStage = (stage: string) => ({
  StringEquals: { 'aws:ResourceTag/application': applicationId, 'aws:ResourceTag/stage': stage },
})

const syntheticOrders = (prefix: string, stage: string): PolicyStatement[] => [
  allow('SyntheticCustomer', syntheticOrderActions.userPool, [arn('cognito-idp', 'userpool/*')], ofStage(stage)),
  allow('SyntheticProduct', syntheticOrderActions.table, [arn('dynamodb', `table/${prefix}-data-*`)], {
    'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [syntheticOrderKey] },
  }),
]

/** @param keys a pattern for the partition keys of the items */
const inTable = (sid: string, actions: readonly string[], { prefix, keys }: { prefix: string; keys: string }) =>
  allow(sid, actions, [arn('dynamodb', `table/${prefix}-data-*`)], {
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [keys] },
  })

const seed = (prefix: string): PolicyStatement[] => [
  inTable('SeedProducts', seedActions.products, { prefix, keys: seedKeys.products }),
  inTable('SeedStock', seedActions.stock, { prefix, keys: seedKeys.stock }),
]

const endToEnd = (prefix: string, stage: string): PolicyStatement[] => [
  allow('MakeTestUsers', endToEndActions.userPool, [arn('cognito-idp', 'userpool/*')], ofStage(stage)),
  allow('LookIntoQueues', endToEndActions.queues, [arn('sqs', `${prefix}-*`)]),
  allow('RepeatEvents', endToEndActions.bus, [arn('events', `event-bus/${prefix}`)]),
  allow('ReadLogs', endToEndActions.logs, [arn('logs', `log-group:${logGroupOf(prefix)}-*`)]),
  inTable('ReadNotices', endToEndActions.notices, { prefix, keys: noticeKeys }),
]

/** A finding whose resources do not exist is ignored, so prod's role can list staging's findings too. */
function acceptWildcards(role: Role, prefix: string): void {
  const reasons = {
    '*': 'Lists and quotas of the account know no resources.',
    [nagged('cognito-idp', 'userpool/*')]: 'The id of a pool is made by AWS; the tags of the stage are a condition.',
    [nagged('dynamodb', `table/${prefix}-data-*`)]:
      'CloudFormation ends the name; conditions name the keys of the table.',
    [nagged('sqs', `${prefix}-*`)]: "The stage's queues.",
    [nagged('logs', `log-group:${logGroupOf(prefix)}-*`)]: "The logs of the stage's functions.",
  }
  for (const [resource, reason] of Object.entries(reasons)) {
    Validations.of(role).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason })
  }
}

/** As cdk-nag writes an ARN. */
const nagged = (service: string, resource: string) =>
  `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>:${resource}`
