import type { ResourceDeclaration } from '../assembly/provider.ts'
import { propertyReader } from '../assembly/property-reader.ts'
import { arn, region } from '../assembly/provider.ts'
import type { SessionKey } from '../iam/keys.ts'
import type { AccessControl, AccessRequest, Principal } from '../iam/types.ts'
import { AwsError } from '../wire/aws-error.ts'

/** A deployed function, checked and with Lambda's defaults applied. */
export interface FunctionConfiguration {
  readonly name: string
  readonly arn: string
  /** `nodejs24.x` */
  readonly runtime: string
  readonly handler: string
  /** The folder with the unpacked code. */
  readonly codeDirectory: string
  readonly roleArn: string
  readonly timeoutMs: number
  readonly memoryMb: number
  readonly environment: Readonly<Record<string, string>>
  readonly logging: LoggingConfiguration
  /** How many invocations may run concurrently: others wait. @default no limit of its own */
  readonly reservedConcurrency?: number
  readonly activeTracing: boolean
  /** How it runs while a developer works on it. @default as on AWS */
  readonly development?: FunctionDevelopment
}

/** Levels in the order of their detail, the most detailed first. */
export const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const
export type LogLevel = (typeof logLevels)[number]

/**
 * Where and how a function logs. Only the JSON format has levels: "To use log-level filtering, your function must be
 * configured to use the JSON log format"; both are INFO by default (Lambda Developer Guide, "Log-level filtering").
 */
interface LoggingConfiguration {
  readonly group: string
  readonly format: 'Text' | 'JSON'
  /** Of Lambda's own lines. */
  readonly systemLevel: LogLevel
  /** Of the lines that the function writes. */
  readonly applicationLevel: LogLevel
}

/** How a function runs while a developer works on it. */
export interface FunctionDevelopment {
  /** Whether stack traces name the lines of the sources, by the source maps beside the code. */
  readonly sourceMaps: boolean
  /** The port of 127.0.0.1 where a debugger can attach. Time limits do not apply then, and only one environment exists. */
  readonly inspectPort?: number | undefined
}

/** @returns the local folder of a function's code asset, or undefined when the assembly has no such asset */
export type AssetDirectory = (code: { S3Bucket: string; S3Key: string }) => string | undefined

/** Names that Lambda reserves; AWS rejects a template that sets one of them. */
const reservedNames = [
  /^(_HANDLER|_X_AMZN_TRACE_ID|LAMBDA_(RUNTIME_DIR|TASK_ROOT))$/,
  /^AWS_(ACCESS_KEY|ACCESS_KEY_ID|DEFAULT_REGION|EXECUTION_ENV|REGION|SECRET_ACCESS_KEY|SESSION_TOKEN)$/,
  /^AWS_LAMBDA_(FUNCTION_(MEMORY_SIZE|NAME|VERSION)|INITIALIZATION_TYPE|LOG_(GROUP|STREAM)_NAME|RUNTIME_API)$/,
]

/** @throws Error naming the function and the invalid property */
export function readFunction(declaration: ResourceDeclaration, assetDirectory: AssetDirectory): FunctionConfiguration {
  const { properties } = declaration
  const name: string = properties.FunctionName ?? declaration.generatedName
  const what = `Function ${name} (${declaration.stackName}/${declaration.logicalId})`
  const { fail, number } = propertyReader(properties, what)
  if (!/^nodejs\d+\.x$/.test(properties.Runtime ?? '')) {
    fail(`has the runtime ${properties.Runtime ?? '(none)'}; only nodejs runtimes are emulated`)
  }
  if (typeof properties.Handler !== 'string') fail('has no Handler')
  if (typeof properties.Role !== 'string') fail('has no Role')
  return {
    name,
    arn: arn('lambda', `function:${name}`),
    runtime: properties.Runtime,
    handler: properties.Handler,
    codeDirectory: readCode(properties.Code, assetDirectory, fail),
    roleArn: properties.Role,
    timeoutMs: number('Timeout', 3, 1, 900) * 1000,
    memoryMb: number('MemorySize', 128, 128, 10_240),
    environment: readEnvironment(properties.Environment?.Variables ?? {}, fail),
    logging: readLogging(properties.LoggingConfig ?? {}, name, fail),
    ...(properties.ReservedConcurrentExecutions !== undefined && {
      reservedConcurrency: number('ReservedConcurrentExecutions', 1, 1, 1000),
    }),
    activeTracing: properties.TracingConfig?.Mode === 'Active',
  }
}

type Fail = (problem: string) => never

function readCode(code: any, assetDirectory: AssetDirectory, fail: Fail): string {
  if (!code?.S3Bucket || !code?.S3Key)
    return fail('has no code asset (Code.S3Bucket and S3Key); inline code and container images are not emulated')
  const directory = assetDirectory({ S3Bucket: code.S3Bucket, S3Key: code.S3Key })
  if (directory === undefined)
    return fail(`has code at ${code.S3Bucket}/${code.S3Key}, which is not an asset of the assembly`)
  if (directory.endsWith('.zip'))
    return fail(`has a zip file as its code (${directory}); give a folder to Code.fromAsset`)
  return directory
}

function readEnvironment(variables: Record<string, unknown>, fail: Fail): Record<string, string> {
  const taken = Object.keys(variables).filter((name) => reservedNames.some((reserved) => reserved.test(name)))
  if (taken.length > 0) fail(`sets environment variables that Lambda reserves: ${taken.join(', ')}`)
  const environment = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)]))
  if (Buffer.byteLength(JSON.stringify(environment)) > 4096) fail('has more than 4 KB of environment variables')
  return environment
}

function readLogging(config: Record<string, any>, functionName: string, fail: Fail): LoggingConfiguration {
  const { LogGroup: group = `/aws/lambda/${functionName}`, LogFormat: format = 'Text', ...levels } = config
  if (format !== 'Text' && format !== 'JSON') fail(`has the LogFormat ${format}; it must be Text or JSON`)
  for (const [name, level] of Object.entries(levels)) {
    if (name !== 'SystemLogLevel' && name !== 'ApplicationLogLevel')
      fail(`sets LoggingConfig.${name}, which is not emulated`)
    if (format !== 'JSON') fail(`has a ${name}, which requires the LogFormat JSON`)
    const allowed = name === 'SystemLogLevel' ? ['DEBUG', 'INFO', 'WARN'] : logLevels
    if (!allowed.includes(level)) fail(`has the ${name} ${level}; it must be one of ${allowed.join(', ')}`)
  }
  const { SystemLogLevel: systemLevel = 'INFO', ApplicationLogLevel: applicationLevel = 'INFO' } = levels
  return { group, format, systemLevel, applicationLevel }
}

export const roleOf = (configuration: FunctionConfiguration): Principal => ({
  kind: 'role',
  roleArn: configuration.roleArn,
  functionName: configuration.name,
})

/** Whether the function's role may do something; IAM reports a denial. */
export function isAllowed(of: FunctionConfiguration, access: AccessControl, requests: AccessRequest[]): boolean {
  try {
    access.require(roleOf(of), requests)
    return true
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return false
  }
}

/** All environment variables of a function: those of Lambda, its role's keys, those the host adds, and its own. */
export function environmentVariables(options: {
  configuration: FunctionConfiguration
  logStream: string
  keys: SessionKey
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
