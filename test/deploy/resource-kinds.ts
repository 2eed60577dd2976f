/** A kind of resource, and how an SDK lists the names of those in an account. */
export interface ResourceKind {
  readonly name: string
  readonly type: string
  /** Service, operation and parameters in the notation of botocore. */
  readonly service: string
  readonly operation: string
  /** A JMESPath expression that yields names, which are the stack's physical ids. */
  readonly select: string
  readonly parameters?: Readonly<Record<string, unknown>> | undefined
}

type Row = readonly [
  name: string,
  type: string,
  service: string,
  operation: string,
  select: string,
  parameters?: ResourceKind['parameters'],
]

const rows: readonly Row[] = [
  ['table', 'AWS::DynamoDB::GlobalTable', 'dynamodb', 'list_tables', 'TableNames'],
  ['bucket', 'AWS::S3::Bucket', 's3', 'list_buckets', 'Buckets[].Name'],
  ['queue', 'AWS::SQS::Queue', 'sqs', 'list_queues', 'QueueUrls'],
  ['topic', 'AWS::SNS::Topic', 'sns', 'list_topics', 'Topics[].TopicArn'],
  ['function', 'AWS::Lambda::Function', 'lambda', 'list_functions', 'Functions[].FunctionName'],
  [
    'event source',
    'AWS::Lambda::EventSourceMapping',
    'lambda',
    'list_event_source_mappings',
    'EventSourceMappings[].UUID',
  ],
  ['log group', 'AWS::Logs::LogGroup', 'logs', 'describe_log_groups', 'logGroups[].logGroupName'],
  ['API', 'AWS::ApiGatewayV2::Api', 'apigatewayv2', 'get_apis', 'Items[].ApiId'],
  ['distribution', 'AWS::CloudFront::Distribution', 'cloudfront', 'list_distributions', 'DistributionList.Items[].Id'],
  ['user pool', 'AWS::Cognito::UserPool', 'cognito-idp', 'list_user_pools', 'UserPools[].Id', { MaxResults: 60 }],
  ['alarm', 'AWS::CloudWatch::Alarm', 'cloudwatch', 'describe_alarms', 'MetricAlarms[].AlarmName'],
  [
    'composite alarm',
    'AWS::CloudWatch::CompositeAlarm',
    'cloudwatch',
    'describe_alarms',
    'CompositeAlarms[].AlarmName',
    { AlarmTypes: ['CompositeAlarm'] },
  ],
  ['dashboard', 'AWS::CloudWatch::Dashboard', 'cloudwatch', 'list_dashboards', 'DashboardEntries[].DashboardName'],
  ['event bus', 'AWS::Events::EventBus', 'events', 'list_event_buses', 'EventBuses[].Name'],
  ['archive', 'AWS::Events::Archive', 'events', 'list_archives', 'Archives[].ArchiveName'],
  ['schedule', 'AWS::Scheduler::Schedule', 'scheduler', 'list_schedules', 'Schedules[].Name'],
  ['email identity', 'AWS::SES::EmailIdentity', 'sesv2', 'list_email_identities', 'EmailIdentities[].IdentityName'],
  ['role', 'AWS::IAM::Role', 'iam', 'list_roles', 'Roles[].RoleName'],
  ['secret', 'AWS::SecretsManager::Secret', 'secretsmanager', 'list_secrets', 'SecretList[].ARN'],
  ['key', 'AWS::KMS::Key', 'kms', 'list_keys', 'Keys[].KeyId'],
  ['parameter', 'AWS::SSM::Parameter', 'ssm', 'describe_parameters', 'Parameters[].Name'],
  [
    'budget',
    'AWS::Budgets::Budget',
    'budgets',
    'describe_budgets',
    'Budgets[].BudgetName',
    { AccountId: '000000000000' },
  ],
  [
    'stack',
    'AWS::CloudFormation::Stack',
    'cloudformation',
    'list_stacks',
    "StackSummaries[?StackStatus!='DELETE_COMPLETE'].StackName",
  ],
]

/** The resources that the app creates, or makes AWS create, that cost money, and the roles that use them. */
export const resourceKinds: readonly ResourceKind[] = rows.map(
  ([name, type, service, operation, select, parameters]) => ({ name, type, service, operation, select, parameters }),
)
