import { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import {
  EventSourceMapping,
  FilterCriteria,
  MetricType,
  StartingPosition,
  type CfnEventSourceMapping,
} from 'aws-cdk-lib/aws-lambda'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { failurePrefix } from '#shared/lambda/lambda-names.ts'
import { addAlarm } from './alarm.ts'
import { allowObjects } from './object-access.ts'
import type { ServiceFunction } from './service-function.ts'

export interface StreamConsumerProps {
  readonly streamArn: string
  /** Returns the records that failed (`batchItemFailures`). */
  readonly function: ServiceFunction
  /** Stores whole records that could not be handled; a queue would store pointers that expire with the stream after 24 hours. */
  readonly failures: IBucket
  /** Which records the function is invoked with: a pattern of the stream record, as FilterRule writes it. */
  readonly filter: Record<string, unknown>
  /** @default 100 */
  readonly batchSize?: number
}

/** Hours below the 24 that a stream stores its records, so that they are in the bucket before they leave the stream. */
const maxRecordAge = Duration.hours(20)

/**
 * Table stream → function, in order. Lambda retries until a record is too old, so the function reports only records that
 * may be handled later, and stores itself what can never be: Lambda discards a reported record with all that follow it in
 * its batch. Bisecting is for a function that fails as a whole.
 */
export class StreamConsumer extends Construct {
  constructor(scope: Construct, props: StreamConsumerProps) {
    super(scope, `${props.function.entry}-stream`)
    this.grant(props)
    const mapping = new EventSourceMapping(this, 'mapping', {
      target: props.function,
      eventSourceArn: props.streamArn,
      // From the oldest record: what was written while the mapping was created must be published too.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize ?? 100,
      filters: [FilterCriteria.filter(props.filter)],
      maxRecordAge,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      onFailure: { bind: () => ({ destination: props.failures.bucketArn }) },
      supportS3OnFailureDestination: true,
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    })
    // Without limit, which the construct cannot say: 10,000 quick failures would be over before the records are too old.
    // "-1 means infinite: failed records are retried until the record expires" (Lambda Developer Guide, DynamoDB parameters).
    ;(mapping.node.defaultChild as CfnEventSourceMapping).maximumRetryAttempts = -1
    // Lambda checks the role when the mapping is created, so the role must be complete by then.
    mapping.node.addDependency(props.function.role!)
    this.addAlarms(props.function, mapping)
  }

  private grant({ function: consumer, streamArn, failures }: StreamConsumerProps): void {
    consumer.addToRolePolicy(
      new PolicyStatement({
        actions: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => `dynamodb:${name}`),
        resources: [streamArn],
      }),
    )
    allowObjects(consumer, ['s3:PutObject'], failures, [`${failurePrefix}*`])
    consumer.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [failures.bucketArn] }))
  }

  private addAlarms(consumer: ServiceFunction, mapping: EventSourceMapping): void {
    const name = `${consumer.service}-${consumer.entry}`
    const period = Duration.minutes(1)
    const stored = new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'OnFailureDestinationDeliveredEventCount',
      dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
      statistic: 'Sum',
      period,
    })
    addAlarm(this, 'failures-alarm', stored, {
      name: `${name}-failures-kept`,
      problem: 'Changes of the table were not published for 20 hours and are in the bucket for unpublished events.',
      runbook: 'unpublished-events',
      threshold: 1,
    })
    addAlarm(this, 'age-alarm', consumer.metric('IteratorAge', { statistic: 'Maximum', period }), {
      name: `${name}-late`,
      problem: 'Changes of the table have waited for 2 minutes to be published.',
      runbook: 'relay-late',
      threshold: Duration.minutes(2).toMilliseconds(),
    })
  }
}
