/** What `npm run preflight` and `npm run check:release` ask AWS; none of it changes anything. Most of these actions know no resources. */
export const preflightActions = [
  'cloudformation:DescribeStacks',
  'cloudformation:GetTemplate',
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

/** What synthetic orders need besides what every customer may: a customer and a product of their own. */
export const syntheticOrderActions = {
  userPool: ['cognito-idp:AdminConfirmSignUp', 'cognito-idp:AdminSetUserPassword'],
  table: ['dynamodb:PutItem'],
} as const

/** The key of that product, and no other. */
export const syntheticOrderKey = 'PRODUCT#SYNTHETIC-ORDER-PROBE'

/** What the end-to-end suite does besides using the shop: it makes users, looks into queues and disturbs them. */
export const endToEndActions = {
  userPool: ['cognito-idp:AdminAddUserToGroup', 'cognito-idp:AdminConfirmSignUp'],
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
