import type { FunctionConfiguration } from '../function-configuration.ts'
import { jsonResponse, type Route, type WireContext } from './route.ts'

/** GetFunction, GetFunctionConfiguration and ListFunctions. */
export function functionRoutes({ functions }: WireContext): Route[] {
  return [
    {
      method: 'GET',
      path: /^\/2015-03-31\/functions\/?$/,
      handle({ authorize }) {
        authorize([{ action: 'lambda:ListFunctions', resource: '*' }])
        return jsonResponse(200, { Functions: functions.list().map(describe) })
      },
    },
    {
      method: 'GET',
      path: /^\/2015-03-31\/functions\/([^/]+)$/,
      handle({ authorize, parameters }) {
        const { configuration, arn } = functions.resolve(parameters[0]!)
        authorize([{ action: 'lambda:GetFunction', resource: arn }])
        const { reservedConcurrency } = configuration
        return jsonResponse(200, {
          Configuration: describe(configuration),
          Code: { RepositoryType: 'local', Location: `file://${configuration.codeDirectory}` },
          ...(reservedConcurrency !== undefined && {
            Concurrency: { ReservedConcurrentExecutions: reservedConcurrency },
          }),
        })
      },
    },
    {
      method: 'GET',
      path: /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
      handle({ authorize, parameters }) {
        const { configuration, arn } = functions.resolve(parameters[0]!)
        authorize([{ action: 'lambda:GetFunctionConfiguration', resource: arn }])
        return jsonResponse(200, describe(configuration))
      },
    },
  ]
}

const describe = (configuration: FunctionConfiguration) => ({
  FunctionName: configuration.name,
  FunctionArn: configuration.arn,
  Description: configuration.description,
  Runtime: configuration.runtime,
  Handler: configuration.handler,
  Role: configuration.roleArn,
  Timeout: configuration.timeoutMs / 1000,
  MemorySize: configuration.memoryMb,
  Environment: { Variables: configuration.environment },
  LoggingConfig: loggingConfig(configuration),
  TracingConfig: { Mode: configuration.activeTracing ? 'Active' : 'PassThrough' },
  ...(configuration.deadLetterArn && { DeadLetterConfig: { TargetArn: configuration.deadLetterArn } }),
  PackageType: 'Zip',
  State: 'Active',
  LastUpdateStatus: 'Successful',
  Version: '$LATEST',
})

const loggingConfig = ({ logging: { group, format, systemLevel, applicationLevel } }: FunctionConfiguration) => ({
  LogGroup: group,
  LogFormat: format,
  ...(format === 'JSON' && { SystemLogLevel: systemLevel, ApplicationLogLevel: applicationLevel }),
})
