import type { ResourceProvider } from '../assembly/provider.ts'
import type { AccessControl, PolicyDocument } from '../iam/types.ts'
import { readAsyncConfiguration, type AsyncInvocations } from './async-invocations.ts'
import type { EventSourceMappings } from './event-source-mappings.ts'
import { readFunction, type AssetDirectory, type FunctionConfiguration } from './function-configuration.ts'
import type { FunctionRegistry } from './function-registry.ts'
import type { Invoker } from './invoker.ts'
import { readMapping } from './mapping-configuration.ts'

interface Parts {
  readonly functions: FunctionRegistry
  readonly access: AccessControl
  readonly assetDirectory: AssetDirectory
  /** @default functions run as the templates say */
  readonly developed?: DevelopedFunctions | undefined
  readonly invoker: Invoker
  readonly async: AsyncInvocations
  readonly mappings: EventSourceMappings
}

/** By function name: what differs from the templates while a developer works on the functions. */
export type DevelopedFunctions = (
  functionName: string,
) => Partial<Pick<FunctionConfiguration, 'codeDirectory' | 'development'>>

export const lambdaProviders = (parts: Parts): ResourceProvider[] => [
  {
    type: 'AWS::Lambda::Function',
    supported: [
      'Code',
      'Environment',
      'FunctionName',
      'Handler',
      'LoggingConfig',
      'MemorySize',
      'ReservedConcurrentExecutions',
      'Role',
      'Runtime',
      'Timeout',
      'TracingConfig',
    ],
    ignored: { Architectures: 'functions run on the processor of this machine' },
    create(resource) {
      const declared = readFunction(resource, parts.assetDirectory)
      const configuration = { ...declared, ...parts.developed?.(declared.name) }
      parts.invoker.deploy(configuration, parts.functions.put(configuration))
      return { ref: configuration.name, attributes: { Arn: configuration.arn } }
    },
  },
  {
    type: 'AWS::Lambda::Permission',
    supported: ['Action', 'FunctionName', 'Principal', 'SourceArn', 'SourceAccount'],
    create({ properties, generatedName, stackName, logicalId }) {
      // Without its condition, the permission would be wider than the template says.
      if (properties['PrincipalOrgID'] !== undefined)
        throw new Error(`Permission ${stackName}/${logicalId}: PrincipalOrgID is not emulated.`)
      const { arn } = parts.functions.resolve(properties.FunctionName)
      parts.access.putResourcePolicy(arn, generatedName, permissionPolicy(properties, arn))
      return { ref: generatedName, attributes: { Id: generatedName } }
    },
  },
  {
    type: 'AWS::Lambda::Version',
    supported: ['FunctionName'],
    ignored: { CodeSha256: 'the only version of the code is the one in the assembly' },
    create({ properties }) {
      const ref = parts.functions.qualify(properties.FunctionName, '1')
      return { ref, attributes: { FunctionArn: ref, Version: '1' } }
    },
  },
  {
    type: 'AWS::Lambda::Alias',
    supported: ['FunctionName', 'Name', 'FunctionVersion'],
    ignored: { ProvisionedConcurrencyConfig: 'environments are started on demand and reused' },
    create({ properties }) {
      const ref = parts.functions.qualify(properties.FunctionName, properties.Name)
      return { ref, attributes: { AliasArn: ref }, uniqueName: ref }
    },
  },
  {
    type: 'AWS::Lambda::EventInvokeConfig',
    supported: ['FunctionName', 'MaximumRetryAttempts', 'MaximumEventAgeInSeconds', 'DestinationConfig'],
    ignored: { Qualifier: 'all qualifiers of a function share one configuration' },
    create({ properties, generatedName }) {
      const { configuration } = parts.functions.resolve(properties.FunctionName)
      parts.async.configure(configuration.name, readAsyncConfiguration(properties))
      return { ref: generatedName }
    },
  },
  {
    type: 'AWS::Lambda::EventSourceMapping',
    supported: [
      'BatchSize',
      'BisectBatchOnFunctionError',
      'DestinationConfig',
      'Enabled',
      'EventSourceArn',
      'FilterCriteria',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumBatchingWindowInSeconds',
      'MaximumRecordAgeInSeconds',
      'MaximumRetryAttempts',
      'MetricsConfig',
      'ScalingConfig',
      'StartingPosition',
    ],
    ignored: { ParallelizationFactor: 'a shard is always read in order, one batch at a time' },
    create(resource) {
      const configuration = readMapping(resource)
      parts.mappings.create(configuration)
      // "The event source arn […] and function […] provided mapping already exists" (Lambda, in garnaat/kappa, issue 119).
      const uniqueName = `${configuration.functionName} ${configuration.eventSourceArn}`
      return { ref: configuration.uuid, attributes: { Id: configuration.uuid }, uniqueName }
    },
  },
]

/** The statement that Lambda adds to a function's policy for an AWS::Lambda::Permission. */
function permissionPolicy(properties: Record<string, any>, functionArn: string): PolicyDocument {
  const { Principal: principal, Action, SourceArn, SourceAccount } = properties
  const isService = principal.endsWith('.amazonaws.com')
  const condition = {
    ...(SourceArn && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
    ...(SourceAccount && { StringEquals: { 'AWS:SourceAccount': SourceAccount } }),
  }
  return {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: principal === '*' ? '*' : { [isService ? 'Service' : 'AWS']: principal },
      Action,
      Resource: functionArn,
      ...((SourceArn || SourceAccount) && { Condition: condition }),
    },
  }
}
