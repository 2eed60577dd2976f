import { Duration, TimeZone, Validations } from 'aws-cdk-lib'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler'
import type { Construct } from 'constructs'
import { bucketDefaults } from '#infra/constructs/bucket-defaults.ts'
import { addOutput } from '#infra/constructs/outputs.ts'
import { allowObjects } from '#infra/constructs/object-access.ts'
import { ScheduledFunction } from '#infra/constructs/scheduled-function.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { PaymentRefunded } from '#services/payments/events.ts'
import { keptDays } from './keys.ts'
import { routes } from './routes.ts'

export class ReportingStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    const { timeZone } = props.stage
    const bucket = this.createBucket()
    const environment = { REPORT_BUCKET: bucket.bucketName }

    const makeReport = this.tableFunction(
      'make-daily-report',
      [{ actions: ['PutItem', 'Query'], prefixes: ['REPORT#'] }],
      {
        environment: { ...environment, TIME_ZONE: timeZone },
        // Several times what the orders of the busiest day take.
        timeout: Duration.seconds(30),
      },
    )
    allowObjects(makeReport, ['s3:PutObject'], bucket, ['sales/*'])
    // Early enough for the start of work, and after the small hours in which clocks are changed.
    const schedule = ScheduleExpression.cron({ hour: '5', minute: '0', timeZone: TimeZone.of(timeZone) })
    new ScheduledFunction(this, { function: makeReport, schedule })

    const listReports = this.tableFunction('admin-list-reports', [{ actions: ['Query'], prefixes: ['REPORT#'] }], {
      environment,
    })
    allowObjects(listReports, ['s3:GetObject'], bucket, ['sales/*'])
    this.addRoutes(routes, [listReports])

    this.consumerFunction('record-refunds', [{ actions: ['PutItem'], prefixes: ['REPORT#'] }], {
      events: [PaymentRefunded],
    })
  }

  private createBucket(): Bucket {
    const bucket = new Bucket(this, 'reports', {
      ...bucketDefaults(this.stage),
      lifecycleRules: [{ expiration: Duration.days(keptDays), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    })
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason: "Only functions and the links they sign have access, and the functions' logs record each use.",
    })
    addOutput(this, 'ReportBucketName', bucket.bucketName, 'The bucket of sales reports')
    return bucket
  }
}
