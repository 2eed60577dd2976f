import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import {
  AttributeType,
  Billing,
  ProjectionType,
  StreamViewType,
  TableV2,
  type ITableV2,
} from 'aws-cdk-lib/aws-dynamodb'
import { CfnArchive, EventBus } from 'aws-cdk-lib/aws-events'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'
import { unpublishedDays } from '#shared/days.ts'
import { republishedPrefix } from '#shared/lambda/lambda-names.ts'
import { addOutput } from './constructs/outputs.ts'
import { StageStack } from './constructs/stage-stack.ts'
import { protectedRemovalPolicy, type Stage } from './stages.ts'

/** What must survive every deployment: the table, the bus with its archive, and the bucket for unpublished events. */
export class DataStack extends StageStack {
  readonly table: ITableV2
  readonly bus: EventBus
  readonly unpublished: Bucket

  constructor(scope: Construct, stage: Stage) {
    super(scope, 'data', stage)
    const table = this.createTable(stage)
    this.table = stage.restoredTable ? this.replace(table, stage.restoredTable) : table
    this.bus = new EventBus(this, 'bus', { eventBusName: stage.prefix })
    // CDK's Archive construct would set an empty KMS key, which is invalid.
    new CfnArchive(this, 'archive', {
      description: 'Every event, for replay to a consumer that was fixed or added later.',
      sourceArn: this.bus.eventBusArn,
      eventPattern: { source: [{ prefix: '' }] },
      retentionDays: stage.archiveDays,
    })
    this.unpublished = new Bucket(this, 'unpublished', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      // Within the days in which consumers recognize an event. What was published is in the archive as well.
      lifecycleRules: [
        { expiration: Duration.days(unpublishedDays) },
        { prefix: republishedPrefix, expiration: Duration.days(1) },
      ],
      removalPolicy: RemovalPolicy[stage.removalPolicy],
    })
    Validations.of(this.unpublished).acknowledge({
      id: 'AwsSolutions-S1',
      reason: 'Only Lambda writes here, and a person reads it after an alarm; no other access needs a log.',
    })
    addOutput(this, 'TableName', this.table.tableName, 'The single table')
    addOutput(this, 'UnpublishedBucketName', this.unpublished.bucketName, 'Events that the relay could not publish')
    addOutput(this, 'EventBusName', this.bus.eventBusName, 'The bus of all events of the application')
  }

  /** CloudFormation deletes no export that other stacks still import, and they are updated after this stack. */
  private replace(table: TableV2, { tableName, streamArn }: NonNullable<Stage['restoredTable']>): ITableV2 {
    for (const value of [table.tableName, table.tableArn, table.tableStreamArn!]) this.exportValue(value)
    return TableV2.fromTableAttributes(this, 'restored-table', { tableName, tableStreamArn: streamArn })
  }

  /** Indexes project keys only, so that a change of other attributes does not write to them. */
  private createTable(stage: Stage): TableV2 {
    const warmThroughput = stage.warmThroughput && {
      readUnitsPerSecond: stage.warmThroughput.readsPerSecond,
      writeUnitsPerSecond: stage.warmThroughput.writesPerSecond,
    }
    const index = (indexName: string) => ({
      indexName,
      partitionKey: key(`${indexName}PK`),
      sortKey: key(`${indexName}SK`),
      projectionType: ProjectionType.KEYS_ONLY,
    })
    return new TableV2(this, 'table', {
      partitionKey: key('PK'),
      sortKey: key('SK'),
      // GSI1: products of a category by price, orders of a customer. GSI2: products by age, orders of a month.
      globalSecondaryIndexes: [index('GSI1'), index('GSI2')],
      billing: Billing.onDemand(),
      ...(warmThroughput ? { warmThroughput } : {}),
      dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expiresAt',
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: stage.deletionProtection,
      removalPolicy: RemovalPolicy[protectedRemovalPolicy(stage)],
    })
  }
}

const key = (name: string) => ({ name, type: AttributeType.STRING })
