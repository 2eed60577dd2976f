import { Duration, Validations } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Construct } from 'constructs'
import { ServiceFunction } from '#infra/constructs/service-function.ts'
import { definedEvents, ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { routes } from './routes.ts'

export class ActivityStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    this.addRoutes(routes, [
      this.tableFunction('admin-list-events', [{ actions: ['Query'], prefixes: ['ACTIVITY#'] }]),
      this.operationsReader(),
    ])
    this.consumerFunction('record-events', [{ actions: ['Query', 'PutItem', 'UpdateItem'], prefixes: ['ACTIVITY#'] }], {
      events: props.installed.flatMap(definedEvents),
      // No user waits for an event, and a large batch costs a fraction of one item per event.
      batchSize: 500,
      batchWindow: Duration.seconds(1),
      // The fewest: more writers would only wait for each other at the end of the log.
      maxConcurrency: 2,
    })
  }

  /**
   * Lists by the stage's prefix, which needs no list of names in its environment and no reference to the other stacks.
   * ListQueues has no resource (Service Authorization Reference, Amazon SQS). DescribeAlarms must be allowed on all alarms:
   * "You can't return information about composite alarms if your cloudwatch:DescribeAlarms permission has a narrower scope"
   * (CloudWatch API Reference, DescribeAlarms).
   */
  private operationsReader(): ServiceFunction {
    const prefix = `${this.stage.prefix}-`
    const environment = { NAME_PREFIX: prefix }
    const reader = new ServiceFunction(this, { service: 'activity', entry: 'admin-get-operations', environment })
    const queues = this.formatArn({ service: 'sqs', resource: `${prefix}*` })
    reader.addToRolePolicy(
      new PolicyStatement({ actions: ['sqs:ListQueues', 'cloudwatch:DescribeAlarms'], resources: ['*'] }),
    )
    reader.addToRolePolicy(new PolicyStatement({ actions: ['sqs:GetQueueAttributes'], resources: [queues] }))
    Validations.of(reader.role!).acknowledge(
      { id: 'AwsSolutions-IAM5[Resource::*]', reason: 'Neither list can be restricted to the names of a stage.' },
      {
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:sqs:<AWS::Region>:<AWS::AccountId>:${prefix}*]`,
        reason: "The function reads the depth of each of the stage's queues, by the prefix of their names.",
      },
    )
    return reader
  }
}
