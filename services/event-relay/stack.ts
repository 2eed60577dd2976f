import { Duration } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { FilterRule } from 'aws-cdk-lib/aws-lambda'
import type { Construct } from 'constructs'
import { addAlarm } from '#infra/constructs/alarm.ts'
import { allowObjects } from '#infra/constructs/object-access.ts'
import { ownMetric } from '#infra/constructs/own-metric.ts'
import { ServiceFunction } from '#infra/constructs/service-function.ts'
import { StreamConsumer } from '#infra/constructs/stream-consumer.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { eventIdAttribute } from '#shared/events/outbox.ts'
import { unpublishedPrefix } from './keys.ts'

/** Publishes the events of the table's transactional outbox to the bus. */
export class EventRelayStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    const { table, bus, unpublished } = props.data
    const relay = new ServiceFunction(this, {
      service: props.service.name,
      entry: 'relay',
      environment: { EVENT_BUS_NAME: bus.eventBusName, UNPUBLISHED_BUCKET_NAME: unpublished.bucketName },
    })
    relay.addToRolePolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }))
    allowObjects(relay, ['s3:PutObject'], unpublished, [`${unpublishedPrefix}*`])
    new StreamConsumer(this, {
      function: relay,
      streamArn: table.tableStreamArn!,
      failures: unpublished,
      // Only changes that carry events: all other items, and what they contain, never reach the relay or the bucket.
      filter: {
        eventName: FilterRule.or('INSERT', 'MODIFY'),
        dynamodb: { NewImage: { [eventIdAttribute]: { S: FilterRule.exists() } } },
      },
    })
    this.addStoredAlarm(relay)
  }

  private addStoredAlarm({ service }: ServiceFunction): void {
    const metric = ownMetric({ stage: this.stage, service, name: 'RecordsStored', period: Duration.minutes(1) })
    addAlarm(this, 'stored-alarm', metric, {
      name: 'event-relay-records-stored',
      problem: 'Events can never be published, and their records are in the bucket for unpublished events.',
      runbook: 'unpublished-events',
      threshold: 1,
    })
  }
}
