import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { Architecture, Code, Function, LoggingFormat, Runtime, SystemLogLevel, Tracing } from 'aws-cdk-lib/aws-lambda'
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs'
import type { Construct } from 'constructs'
import { metricsNamespace } from '#shared/application.ts'
import { logGroupOf } from '#shared/lambda/lambda-names.ts'
import { crossServiceGrantsOf, type TableGrant } from '../grants.ts'
import { StageStack } from './stage-stack.ts'
import { tableStatement } from './table-access.ts'

const distDirectory = join(import.meta.dirname, '../../dist')

export interface FunctionOptions {
  /** @default no variables besides TABLE_NAME and those of Powertools */
  readonly environment?: Readonly<Record<string, string>>
  /** @default 10 seconds */
  readonly timeout?: Duration
  /** @default 1024 */
  readonly memoryMb?: number
}

export interface ServiceFunctionProps extends FunctionOptions {
  /** The folder below `services/`. */
  readonly service: string
  /** The entry in the service's `functions/` folder, without its extension: `place-order`. */
  readonly entry: string
  /** The table and what the function may do with its own service's items; grants.ts adds the rest. @default no table */
  readonly table?: { readonly resource: ITableV2; readonly access: readonly TableGrant[] }
}

/**
 * A function of a service: the bundle of its entry, with a role of its own that may write to its own log group and do
 * what is granted.
 */
export class ServiceFunction extends Function {
  readonly service: string
  readonly entry: string

  constructor(scope: Construct, props: ServiceFunctionProps) {
    const { service, entry, table } = props
    const { stage, resources } = StageStack.of(scope)
    const functionName = `${stage.prefix}-${service}-${entry}`
    const logGroup = new LogGroup(scope, `${entry}-logs`, {
      logGroupName: logGroupOf(functionName),
      retention: RetentionDays[stage.logRetention],
      removalPolicy: RemovalPolicy[stage.removalPolicy],
    })
    const role = new Role(scope, `${entry}-role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') })
    logGroup.grantWrite(role)
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Active tracing sends traces to X-Ray, whose actions do not support resource-level permissions.',
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
      loggingFormat: LoggingFormat.JSON,
      // Lambda's start and report of each invocation would be half of what is billed for logs; failed ones are logged.
      systemLogLevelV2: SystemLogLevel.WARN,
      environment: {
        POWERTOOLS_SERVICE_NAME: service,
        POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
        STAGE: stage.name,
        ...(table ? { TABLE_NAME: table.resource.tableName } : {}),
        ...props.environment,
      },
    })
    this.service = service
    this.entry = entry
    resources.functions.push(functionName)
    if (!table) return
    for (const grant of [...table.access, ...crossServiceGrantsOf(service, entry)]) {
      this.addToRolePolicy(tableStatement(table.resource, grant))
    }
  }
}

function bundleDirectory(service: string, entry: string): string {
  const directory = join(distDirectory, service, entry)
  if (!existsSync(join(directory, 'index.mjs'))) {
    throw new Error(`dist/${service}/${entry} is not built: is there a services/${service}/functions/${entry}.ts?`)
  }
  return directory
}
