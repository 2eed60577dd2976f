/** A kind of resource, and how an SDK lists the names of those in an account. */
export interface ResourceKind {
  readonly name: string
  readonly type: string
  /** Service, operation and parameters in the notation of botocore. */
  readonly service: string
  readonly operation: string
  readonly parameters?: Readonly<Record<string, unknown>>
  /** A JMESPath expression that yields names, which are the stack's physical ids. */
  readonly select: string
}

/** The resources that the app creates, or makes AWS create, that cost money, and the roles that use them. */
export const resourceKinds: readonly ResourceKind[] = [
  {
    name: 'table',
    type: 'AWS::DynamoDB::GlobalTable',
    service: 'dynamodb',
    operation: 'list_tables',
    select: 'TableNames',
  },
  { name: 'bucket', type: 'AWS::S3::Bucket', service: 's3', operation: 'list_buckets', select: 'Buckets[].Name' },
  { name: 'queue', type: 'AWS::SQS::Queue', service: 'sqs', operation: 'list_queues', select: 'QueueUrls' },
  { name: 'topic', type: 'AWS::SNS::Topic', service: 'sns', operation: 'list_topics', select: 'Topics[].TopicArn' },
  {
    name: 'function',
    type: 'AWS::Lambda::Function',
    service: 'lambda',
    operation: 'list_functions',
    select: 'Functions[].FunctionName',
  },
  {
    name: 'event source',
    type: 'AWS::Lambda::EventSourceMapping',
    service: 'lambda',
    operation: 'list_event_source_mappings',
    select: 'EventSourceMappings[].UUID',
  },
  {
    name: 'log group',
    type: 'AWS::Logs::LogGroup',
    service: 'logs',
    operation: 'describe_log_groups',
    select: 'logGroups[].logGroupName',
  },
  {
    name: 'API',
    type: 'AWS::ApiGatewayV2::Api',
    service: 'apigatewayv2',
    operation: 'get_apis',
    select: 'Items[].ApiId',
  },
  {
    name: 'distribution',
    type: 'AWS::CloudFront::Distribution',
    service: 'cloudfront',
    operation: 'list_distributions',
    select: 'DistributionList.Items[].Id',
  },
  {
    name: 'user pool',
    type: 'AWS::Cognito::UserPool',
    service: 'cognito-idp',
    operation: 'list_user_pools',
    parameters: { MaxResults: 60 },
    select: 'UserPools[].Id',
  },
  {
    name: 'alarm',
    type: 'AWS::CloudWatch::Alarm',
    service: 'cloudwatch',
    operation: 'describe_alarms',
    select: 'MetricAlarms[].AlarmName',
  },
  {
    name: 'composite alarm',
    type: 'AWS::CloudWatch::CompositeAlarm',
    service: 'cloudwatch',
    operation: 'describe_alarms',
    parameters: { AlarmTypes: ['CompositeAlarm'] },
    select: 'CompositeAlarms[].AlarmName',
  },
  {
    name: 'dashboard',
    type: 'AWS::CloudWatch::Dashboard',
    service: 'cloudwatch',
    operation: 'list_dashboards',
    select: 'DashboardEntries[].DashboardName',
  },
  {
    name: 'event bus',
    type: 'AWS::Events::EventBus',
    service: 'events',
    operation: 'list_event_buses',
    select: 'EventBuses[].Name',
  },
  {
    name: 'archive',
    type: 'AWS::Events::Archive',
    service: 'events',
    operation: 'list_archives',
    select: 'Archives[].ArchiveName',
  },
  {
    name: 'schedule',
    type: 'AWS::Scheduler::Schedule',
    service: 'scheduler',
    operation: 'list_schedules',
    select: 'Schedules[].Name',
  },
  {
    name: 'email identity',
    type: 'AWS::SES::EmailIdentity',
    service: 'sesv2',
    operation: 'list_email_identities',
    select: 'EmailIdentities[].IdentityName',
  },
  { name: 'role', type: 'AWS::IAM::Role', service: 'iam', operation: 'list_roles', select: 'Roles[].RoleName' },
  {
    name: 'secret',
    type: 'AWS::SecretsManager::Secret',
    service: 'secretsmanager',
    operation: 'list_secrets',
    select: 'SecretList[].ARN',
  },
  { name: 'key', type: 'AWS::KMS::Key', service: 'kms', operation: 'list_keys', select: 'Keys[].KeyId' },
  {
    name: 'parameter',
    type: 'AWS::SSM::Parameter',
    service: 'ssm',
    operation: 'describe_parameters',
    select: 'Parameters[].Name',
  },
  {
    name: 'budget',
    type: 'AWS::Budgets::Budget',
    service: 'budgets',
    operation: 'describe_budgets',
    parameters: { AccountId: '000000000000' },
    select: 'Budgets[].BudgetName',
  },
  {
    name: 'stack',
    type: 'AWS::CloudFormation::Stack',
    service: 'cloudformation',
    operation: 'list_stacks',
    select: "StackSummaries[?StackStatus!='DELETE_COMPLETE'].StackName",
  },
]
