import { Duration } from 'aws-cdk-lib'
import { Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { EventSourceMapping, MetricType, StartingPosition } from 'aws-cdk-lib/aws-lambda'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Stage } from '../stages.ts'
import { described } from './alarm-description.ts'
import { allowObjects } from './object-access.ts'
import type { ServiceFunction } from './service-function.ts'

export interface StreamConsumerProps {
  readonly stage: Stage
  readonly streamArn: string
  /** Answers with the records that failed (`batchItemFailures`). */
  readonly function: ServiceFunction
  /** Keeps whole what could not be handled; a queue would keep pointers that die with the stream after 24 hours. */
  readonly failures: IBucket
  /** @default 100 */
  readonly batchSize?: number
  /** Tries after the first one, for a failed batch and each half of it. @default 5 */
  readonly retryAttempts?: number
}

/** Lambda's layout of keys in an on-failure bucket: `aws/lambda/<mapping>/<shard>/<date>/…`. */
const failureKeys = 'aws/lambda/*'

/** Table stream → function, in order, with bounded retries: one poisonous record must not hold up the shard for a day. */
export class StreamConsumer extends Construct {
  constructor(scope: Construct, props: StreamConsumerProps) {
    super(scope, `${props.function.entry}-stream`)
    this.grant(props)
    const mapping = new EventSourceMapping(this, 'mapping', {
      target: props.function,
      eventSourceArn: props.streamArn,
      // From the oldest record: what was written while the mapping was being made must be published too.
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: props.batchSize ?? 100,
      retryAttempts: props.retryAttempts ?? 5,
      bisectBatchOnError: true,
      reportBatchItemFailures: true,
      onFailure: { bind: () => ({ destination: props.failures.bucketArn }) },
      supportS3OnFailureDestination: true,
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    })
    // The mapping is checked against the role when it is made, so the role must be complete by then.
    mapping.node.addDependency(props.function.role!)
    this.addAlarms(props, mapping)
  }

  private grant({ function: consumer, streamArn, failures }: StreamConsumerProps): void {
    consumer.addToRolePolicy(
      new PolicyStatement({
        actions: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map((name) => `dynamodb:${name}`),
        resources: [streamArn],
      }),
    )
    allowObjects(consumer, ['s3:PutObject'], failures, [failureKeys])
    consumer.addToRolePolicy(new PolicyStatement({ actions: ['s3:ListBucket'], resources: [failures.bucketArn] }))
  }

  private addAlarms({ stage, function: consumer }: StreamConsumerProps, mapping: EventSourceMapping): void {
    const name = `${stage.prefix}-${consumer.service}-${consumer.entry}`
    new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'OnFailureDestinationDeliveredEventCount',
      dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
      statistic: 'Sum',
      period: Duration.minutes(1),
    }).createAlarm(this, 'failures-alarm', {
      alarmName: `${name}-failures-kept`,
      alarmDescription: described(
        'Records of the table could not be handled and wait in the bucket.',
        'unpublished-events',
      ),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
    consumer
      .metric('IteratorAge', { statistic: 'Maximum', period: Duration.minutes(1) })
      .createAlarm(this, 'age-alarm', {
        alarmName: `${name}-late`,
        alarmDescription: described('Changes of the table have waited for 2 minutes to be published.', 'relay-late'),
        threshold: Duration.minutes(2).toMilliseconds(),
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      })
  }
}
