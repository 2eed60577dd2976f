import { region } from '../assembly/provider.ts'
import type { FunctionConfiguration } from './function-configuration.ts'

/** All environment variables of a function: those of Lambda, its role's keys, those the host adds, and its own. */
export function environmentVariables(options: {
  configuration: FunctionConfiguration
  logStream: string
  keys: { accessKeyId: string; secretAccessKey: string; sessionToken: string }
  /** Directs the SDK to the local endpoint: AWS_ENDPOINT_URL and others. */
  additions: Readonly<Record<string, string>>
}): Record<string, string> {
  const { configuration, keys } = options
  const { logging } = configuration
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    // Lambda's value; the folder does not exist. Without it the SDK would read ~/.aws of the user who runs the host.
    HOME: '/home/sbx_user1051',
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    ...configuration.environment,
    ...options.additions,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    AWS_SESSION_TOKEN: keys.sessionToken,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: configuration.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: logging.format,
    ...(logging.format === 'JSON' && { AWS_LAMBDA_LOG_LEVEL: logging.applicationLevel }),
    AWS_LAMBDA_LOG_GROUP_NAME: logging.group,
    AWS_LAMBDA_LOG_STREAM_NAME: options.logStream,
    LAMBDA_TASK_ROOT: configuration.codeDirectory,
    _HANDLER: configuration.handler,
  }
}
