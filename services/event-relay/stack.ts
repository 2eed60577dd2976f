import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { ServiceFunction } from '#infra/constructs/service-function.ts'
import { StreamConsumer } from '#infra/constructs/stream-consumer.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'

/** Publishes the events of the table's transactional outbox to the bus. */
export class EventRelayStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    const { table, bus, unpublished } = props.data
    const relay = new ServiceFunction(this, {
      service: props.service.name,
      entry: 'relay',
      environment: { EVENT_BUS_NAME: bus.eventBusName },
    })
    relay.addToRolePolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }))
    new StreamConsumer(this, { function: relay, streamArn: table.tableStreamArn!, failures: unpublished })
  }
}
