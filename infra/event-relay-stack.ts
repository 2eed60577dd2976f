import { Stack, type StackProps } from 'aws-cdk-lib'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { ServiceFunction } from './constructs/service-function.ts'
import { StreamConsumer } from './constructs/stream-consumer.ts'
import type { Stage } from './stages.ts'

export interface EventRelayStackProps extends StackProps {
  readonly stage: Stage
  readonly table: ITableV2
  readonly bus: IEventBus
  readonly unpublished: IBucket
}

/** The only way from the table to the bus. */
export class EventRelayStack extends Stack {
  constructor(scope: Construct, id: string, { stage, table, bus, unpublished, ...props }: EventRelayStackProps) {
    super(scope, id, props)
    const relay = new ServiceFunction(this, {
      stage,
      service: 'event-relay',
      entry: 'relay',
      environment: { EVENT_BUS_NAME: bus.eventBusName },
    })
    relay.addToRolePolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [bus.eventBusArn] }))
    new StreamConsumer(this, { stage, function: relay, streamArn: table.tableStreamArn!, failures: unpublished })
  }
}
