import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A deployment as its outputs describe it, local or on AWS. */
export interface Deployment {
  readonly apiUrl: string
  readonly userPoolId: string
  readonly userPoolClientId: string
  readonly tableName: string
  /** Also the stage's prefix: whatever has a name begins with it. */
  readonly eventBusName: string
  /** Where the event relay puts what it could not publish; a file of outputs may lack it. */
  readonly unpublishedBucketName: string | undefined
  /** Only locally: the endpoint of all AWS APIs, and the page of the mails sent. */
  readonly awsEndpoint: string | undefined
  readonly mailboxUrl: string | undefined
  /** Where commands keep what they have to remember of this deployment: beside its outputs, where those are local. */
  readonly memoryDirectory: string
  /** For the constructor of any AWS SDK client. */
  readonly clientConfiguration: {
    readonly region: string
    readonly endpoint?: string
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  }
}

/** A mistake of the caller, told in one line without a stack trace. */
export class UsageError extends Error {}

/** Where the local system keeps its state. */
export const dataDirectory = (): string => process.env['CARTWHEEL_DATA'] || '.local'

export const localOutputsFile = (): string => join(dataDirectory(), 'outputs.json')

/**
 * Reads a file that `cdk deploy --outputs-file` wrote: stack → outputs. Output names are unique, so they are merged.
 * @throws UsageError when there is no such file, it is not JSON, or an output is missing
 */
export function readDeployment(file: string): Deployment {
  if (!existsSync(file)) {
    throw new UsageError(
      `There is no ${file}. Start the local system with npm start, or name another file with --outputs.`,
    )
  }
  return parseDeployment(parseJson(file), file)
}

/** @param origin the file that the outputs stand in */
export function parseDeployment(stacks: Record<string, Record<string, string>>, origin: string): Deployment {
  const outputs: Record<string, string> = Object.assign({}, ...Object.values(stacks))
  const required = (name: string): string => {
    const value = outputs[name]
    if (!value)
      throw new UsageError(`${origin} has no output ${name}: is it the outputs file of this app's deployment?`)
    return value
  }
  const awsEndpoint = outputs['AwsEndpoint']
  return {
    apiUrl: required('ApiUrl').replace(/\/$/, ''),
    userPoolId: required('UserPoolId'),
    userPoolClientId: required('UserPoolClientId'),
    tableName: required('TableName'),
    eventBusName: required('EventBusName'),
    unpublishedBucketName: outputs['UnpublishedBucketName'],
    awsEndpoint,
    mailboxUrl: outputs['MailboxUrl'],
    memoryDirectory: awsEndpoint ? dirname(origin) : dataDirectory(),
    clientConfiguration: {
      region: required('UserPoolId').split('_')[0]!,
      ...(awsEndpoint
        ? { endpoint: awsEndpoint, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
        : {}),
    },
  }
}

function parseJson(file: string): Record<string, Record<string, string>> {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UsageError(`${file} is not a JSON file of outputs: ${(error as Error).message}`)
  }
}
