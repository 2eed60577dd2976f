/** What `npm run preflight` asks AWS; none of it changes anything. Most of these actions know no resources. */
export const preflightActions = [
  'cloudformation:DescribeStacks',
  'cloudformation:ListStackResources',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:ListDashboards',
  'cognito-idp:DescribeUserPool',
  'dynamodb:DescribeLimits',
  'dynamodb:DescribeTable',
  'events:ListEventBuses',
  'lambda:GetAccountSettings',
  'lambda:ListFunctions',
  'logs:DescribeLogGroups',
  'ses:GetAccount',
  'ses:GetEmailIdentity',
  'sns:GetSMSSandboxAccountStatus',
  'sns:ListTopics',
  'sqs:ListQueues',
] as const

/** What the end-to-end suite does besides using the shop: it makes users, looks into queues and disturbs them. */
export const endToEndActions = {
  userPool: ['cognito-idp:AdminAddUserToGroup', 'cognito-idp:AdminConfirmSignUp', 'cognito-idp:AdminSetUserPassword'],
  queues: [
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ReceiveMessage',
    'sqs:SendMessage',
    'sqs:SetQueueAttributes',
  ],
  bus: ['events:PutEvents'],
  logs: ['logs:FilterLogEvents'],
} as const

/** The roles of `cdk bootstrap` through which a deployment does everything else. */
export const bootstrapRoles = ['deploy-role', 'file-publishing-role', 'lookup-role'] as const
