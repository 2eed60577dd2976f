/** The read-only calls of `npm run preflight` and `npm run check:release`. Most of these actions know no resources. */
export const preflightActions = [
  'acm:DescribeCertificate',
  'cloudformation:DescribeStacks',
  'cloudformation:GetTemplate',
  'cloudformation:ListStackResources',
  'cloudformation:ValidateTemplate',
  'cloudfront:ListCachePolicies',
  'cloudfront:ListDistributions',
  'cloudfront:ListResponseHeadersPolicies',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:ListDashboards',
  'cognito-idp:DescribeUserPool',
  'dynamodb:DescribeLimits',
  'dynamodb:DescribeTable',
  'events:ListEventBuses',
  'events:ListRules',
  'lambda:GetAccountSettings',
  'lambda:ListFunctions',
  'logs:DescribeLogGroups',
  'secretsmanager:ListSecrets',
  'ses:GetAccount',
  'ses:GetEmailIdentity',
  'sns:GetSMSSandboxAccountStatus',
  'sns:ListSubscriptionsByTopic',
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

/** What `npm run seed` does besides what staff may: it writes the sample products and their stock into the table. */
export const seedActions = {
  products: ['dynamodb:PutItem'],
  stock: ['dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
} as const

/** The keys of those items. */
export const seedKeys = { products: 'PRODUCT#*', stock: 'STOCK#*' } as const

/** The keys of the items that say whether a customer's email was sent. */
export const noticeKeys = 'NOTICE#*'

/** What the end-to-end suite does besides using the shop: it creates users, and reads and changes queues. */
export const endToEndActions = {
  userPool: [
    'cognito-idp:AdminAddUserToGroup',
    'cognito-idp:AdminConfirmSignUp',
    'cognito-idp:AdminCreateUser',
    'cognito-idp:AdminGetUser',
    'cognito-idp:AdminSetUserPassword',
  ],
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
  notices: ['dynamodb:GetItem'],
} as const

/** The roles of `cdk bootstrap` through which a deployment does everything else. */
export const bootstrapRoles = ['deploy-role', 'file-publishing-role', 'lookup-role'] as const
