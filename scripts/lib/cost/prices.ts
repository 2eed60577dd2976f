interface Price {
  readonly usd: number
  readonly per: string
  /** The monthly free tier of each account that does not expire. */
  readonly freePerMonth?: number
}

export const region = 'us-east-1'
export const asOf = '2026-11'
export const note =
  'List prices without volume discounts, taxes and support. Prices change: check the sources before you rely on them.'

/** List prices of the region in USD, below the page that each comes from. */
const list = {
  // https://aws.amazon.com/lambda/pricing/
  lambdaRequest: { usd: 2e-7, per: 'request', freePerMonth: 1_000_000 },
  lambdaGbSecondArm: { usd: 0.000_013_333_4, per: 'GB-second on arm64', freePerMonth: 400_000 },
  lambdaProvisionedGbSecondArm: { usd: 0.000_003_333_4, per: 'provisioned GB-second on arm64' },
  // https://aws.amazon.com/api-gateway/pricing/
  httpApiRequest: { usd: 1e-6, per: 'request, up to 512 KB' },
  // https://aws.amazon.com/dynamodb/pricing/on-demand/
  dynamodbWriteUnit: { usd: 6.25e-7, per: 'write request unit, on demand' },
  dynamodbReadUnit: { usd: 1.25e-7, per: 'read request unit, on demand' },
  dynamodbGbMonth: { usd: 0.25, per: 'GB-month stored', freePerMonth: 25 },
  dynamodbBackupGbMonth: { usd: 0.2, per: 'GB-month of point-in-time recovery' },
  // https://aws.amazon.com/eventbridge/pricing/
  eventBridgeEvent: { usd: 1e-6, per: 'custom event, up to 64 KB' },
  eventBridgeArchiveGb: { usd: 0.1, per: 'GB archived' },
  eventBridgeArchiveGbMonth: { usd: 0.023, per: 'GB-month in the archive' },
  // https://aws.amazon.com/sqs/pricing/
  sqsRequest: { usd: 4e-7, per: 'request, standard queue', freePerMonth: 1_000_000 },
  // https://aws.amazon.com/ses/pricing/
  sesMail: { usd: 0.0001, per: 'email' },
  // https://aws.amazon.com/s3/pricing/
  s3Write: { usd: 5e-6, per: 'PUT, COPY, POST or LIST' },
  s3Read: { usd: 4e-7, per: 'GET' },
  s3GbMonth: { usd: 0.023, per: 'GB-month, standard' },
  // https://aws.amazon.com/cloudfront/pricing/pay-as-you-go/
  cloudFrontRequest: { usd: 1e-6, per: 'HTTPS request, North America and Europe', freePerMonth: 10_000_000 },
  cloudFrontGb: { usd: 0.085, per: 'GB to the internet, North America and Europe', freePerMonth: 1024 },
  // https://aws.amazon.com/ec2/pricing/on-demand/
  dataOutGb: { usd: 0.09, per: 'GB to the internet from the region', freePerMonth: 100 },
  // https://aws.amazon.com/cognito/pricing/
  cognitoUser: { usd: 0.0055, per: 'monthly active user, Lite', freePerMonth: 10_000 },
  // https://aws.amazon.com/cloudwatch/pricing/
  logGb: { usd: 0.5, per: 'GB of logs ingested', freePerMonth: 5 },
  logGbMonth: { usd: 0.03, per: 'GB-month of logs stored' },
  metricMonth: { usd: 0.3, per: 'custom metric and month', freePerMonth: 10 },
  alarmMetricMonth: { usd: 0.1, per: 'metric of an alarm and month', freePerMonth: 10 },
  compositeAlarmMonth: { usd: 0.5, per: 'composite alarm and month' },
  dashboardMonth: { usd: 3, per: 'dashboard and month', freePerMonth: 3 },
  // https://aws.amazon.com/secrets-manager/pricing/
  secretMonth: { usd: 0.4, per: 'secret and month' },
  // https://aws.amazon.com/xray/pricing/
  trace: { usd: 5e-6, per: 'trace recorded', freePerMonth: 100_000 },
} satisfies Record<string, Price>

export type PriceName = keyof typeof list

export const prices: Readonly<Record<PriceName, Price>> = list
