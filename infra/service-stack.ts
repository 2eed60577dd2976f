import { Stack, Tags, type StackProps } from 'aws-cdk-lib'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { IEventBus } from 'aws-cdk-lib/aws-events'
import type { Construct } from 'constructs'
import type { Api } from './constructs/api-routes.ts'
import { ServiceFunction, type ServiceFunctionProps } from './constructs/service-function.ts'
import type { ServiceName, TableGrant } from './grants.ts'
import type { Stage } from './stages.ts'

export interface ServiceStackProps extends StackProps {
  readonly stage: Stage
  readonly table: ITableV2
  readonly bus: IEventBus
  readonly api: Api
}

/** A stack of one service. */
export abstract class ServiceStack extends Stack {
  private readonly stage: Stage
  private readonly table: ITableV2
  private readonly service: ServiceName

  constructor(scope: Construct, id: string, service: ServiceName, { stage, table, ...props }: ServiceStackProps) {
    super(scope, id, props)
    Tags.of(this).add('service', service)
    this.stage = stage
    this.table = table
    this.service = service
  }

  /** A function of this service that reaches the table as `access` says. */
  protected tableFunction(
    entry: string,
    access: readonly TableGrant[],
    more: Pick<ServiceFunctionProps, 'environment' | 'timeout' | 'memoryMb'> = {},
  ): ServiceFunction {
    const { stage, service } = this
    return new ServiceFunction(this, { ...more, stage, service, entry, table: { resource: this.table, access } })
  }
}
