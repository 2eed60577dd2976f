import type { PolicyDocument, PolicyStatement } from './types.ts'

const policy = (...statements: Omit<PolicyStatement, 'Effect'>[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: statements.map((statement) => ({ Effect: 'Allow', Resource: '*', ...statement })),
})

const writeLogs = { Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'] }

/**
 * The AWS managed policies that templates for functions attach, by the path below `arn:aws:iam::aws:policy/`, with the
 * statements of the AWS managed policy reference.
 */
export const awsManagedPolicies: Readonly<Record<string, PolicyDocument>> = {
  'service-role/AWSLambdaBasicExecutionRole': policy(writeLogs),
  'service-role/AWSLambdaSQSQueueExecutionRole': policy({
    Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...writeLogs.Action],
  }),
  'service-role/AWSLambdaDynamoDBExecutionRole': policy({
    Action: [
      'dynamodb:DescribeStream',
      'dynamodb:GetRecords',
      'dynamodb:GetShardIterator',
      'dynamodb:ListStreams',
      ...writeLogs.Action,
    ],
  }),
  AWSXRayDaemonWriteAccess: policy({
    Action: [
      'xray:PutTraceSegments',
      'xray:PutTelemetryRecords',
      'xray:GetSamplingRules',
      'xray:GetSamplingTargets',
      'xray:GetSamplingStatisticSummaries',
    ],
  }),
  CloudWatchLambdaInsightsExecutionRolePolicy: policy(
    { Action: 'logs:CreateLogGroup' },
    {
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: 'arn:aws:logs:*:*:log-group:/aws/lambda-insights:*',
    },
  ),
}

/** @returns the path below `arn:aws:iam::aws:policy/`, or undefined when the ARN is not of an AWS managed policy */
export const awsManagedPath = (policyArn: string) => /^arn:[\w-]+:iam::aws:policy\/(.+)$/.exec(policyArn)?.[1]
