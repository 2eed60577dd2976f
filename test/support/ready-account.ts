import { Refusal, type Responses } from './fake-aws.ts'
import { applicationId } from '#shared/application.ts'

/** The stack of `cdk bootstrap`. */
export const toolkit = {
  StackName: 'CDKToolkit',
  StackStatus: 'CREATE_COMPLETE',
  Outputs: [{ OutputKey: 'BootstrapVersion', OutputValue: '21' }],
}
export const absentIdentity = new Refusal('NotFoundException', 'It does not exist.', 404)

/** An account that is ready for a deployment. */
export const readyAccount: Responses = {
  GetCallerIdentity: { Account: '123456789012', Arn: 'arn:aws:iam::123456789012:user/ada', UserId: 'U' },
  DescribeStacks: { Stacks: [toolkit] },
  ValidateTemplate: {},
  ListFunctions: { Functions: [{ FunctionName: 'another' }] },
  DescribeLogGroups: { logGroups: [] },
  GetTemplate: new Refusal('ValidationError', 'Stack with id it does not exist', 400),
  ListQueues: {},
  ListTopics: { Topics: [] },
  ListSecrets: { SecretList: [] },
  ListRules: { Rules: [] },
  ListEventBuses: { EventBuses: [{ Name: `${applicationId}-prod-other` }] },
  DescribeAlarms: { MetricAlarms: [], CompositeAlarms: [] },
  ListDashboards: { DashboardEntries: [] },
  GetEmailIdentity: ({ EmailIdentity }: { EmailIdentity: string }) =>
    EmailIdentity.includes('@') ? absentIdentity : { VerifiedForSendingStatus: true },
  GetAccount: {
    ProductionAccessEnabled: true,
    SendingEnabled: true,
    SendQuota: { MaxSendRate: 500, Max24HourSend: 5_000_000 },
  },
  GetSMSSandboxAccountStatus: { IsInSandbox: false },
  GetAccountSettings: { AccountLimit: { ConcurrentExecutions: 10_000, UnreservedConcurrentExecutions: 10_000 } },
  ListCachePolicies: { Quantity: 18 },
  ListResponseHeadersPolicies: { Quantity: 16 },
  DescribeLimits: { TableMaxReadCapacityUnits: 40_000, TableMaxWriteCapacityUnits: 40_000 },
}
