import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Duration, Validations } from 'aws-cdk-lib'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { crossingsOf, ownPrefixes, type ServiceName, type TableGrant } from '../grants.ts'
import type { Stage } from '../stages.ts'
import { metricsNamespace } from './own-metric.ts'
import { tableStatement } from './table-access.ts'

const distDirectory = join(import.meta.dirname, '../../dist')

export interface ServiceFunctionProps {
  readonly stage: Stage
  readonly service: ServiceName
  /** The entry in the service's `functions/` folder, without its ending: `place-order`. */
  readonly entry: string
  /** @default no variables besides TABLE_NAME and those of Powertools */
  readonly environment?: Readonly<Record<string, string>>
  /** The table and what the function may do to its own service's items; what crosses a wall comes from grants.ts. @default no table */
  readonly table?: { readonly resource: ITableV2; readonly access: readonly TableGrant[] }
  /** @default 10 seconds */
  readonly timeout?: Duration
  /** @default 1024 */
  readonly memoryMb?: number
}

/**
 * A function of a service: the bundle of its entry, with a role of its own that may write to its own log group and
 * do what is granted, and nothing else.
 */
export class ServiceFunction extends Function {
  readonly service: ServiceName
  readonly entry: string

  constructor(scope: Construct, props: ServiceFunctionProps) {
    const { stage, service, entry, table } = props
    const functionName = `${stage.prefix}-${service}-${entry}`
    const logGroup = new LogGroup(scope, `${entry}-logs`, {
      logGroupName: `/aws/lambda/${functionName}`,
      retention: stage.logRetention,
      removalPolicy: stage.removalPolicy,
    })
    const role = new Role(scope, `${entry}-role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Sending traces to X-Ray, which active tracing needs, is the one action here that knows no resources.',
    })
    super(scope, entry, {
      functionName,
      role,
      logGroup,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: Code.fromAsset(bundleDirectory(service, entry)),
      handler: 'index.handler',
      timeout: props.timeout ?? Duration.seconds(10),
      memorySize: props.memoryMb ?? 1024,
      tracing: Tracing.ACTIVE,
      environment: {
        POWERTOOLS_SERVICE_NAME: service,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
        POWERTOOLS_LOG_LEVEL: 'INFO',
        STAGE: stage.name,
        ...(table ? { TABLE_NAME: table.resource.tableName } : {}),
        ...props.environment,
      },
    })
    this.service = service
    this.entry = entry
    if (table) this.grantTable(table.resource, table.access)
  }

  private grantTable(table: ITableV2, access: readonly TableGrant[]): void {
    const own: readonly string[] = ownPrefixes[this.service]
    const foreign = access.flatMap(({ prefixes }) => prefixes).find((prefix) => !own.includes(prefix))
    if (foreign) throw new Error(`${foreign} is not a prefix of ${this.service}: declare it in infra/grants.ts.`)
    for (const grant of [...access, ...crossingsOf(this.service, this.entry)]) {
      this.addToRolePolicy(tableStatement(table, grant))
    }
  }
}

function bundleDirectory(service: ServiceName, entry: string): string {
  const directory = join(distDirectory, service, entry)
  if (!existsSync(join(directory, 'index.mjs'))) {
    throw new Error(`dist/${service}/${entry} is not built: is there a services/${service}/functions/${entry}.ts?`)
  }
  return directory
}
