import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CommandError } from './errors.ts'

/** A deployment as its outputs describe it, local or on AWS. */
export interface Deployment {
  readonly apiUrl: string
  /** The storefront, without a trailing slash; missing in the outputs of older deployments. */
  readonly webUrl: string | undefined
  readonly userPoolId: string
  readonly userPoolClientId: string
  readonly tableName: string
  /** Also the stage's prefix, with which all of its resource names begin. */
  readonly eventBusName: string
  /** Stores the records that the event relay could not publish; missing in the outputs of older deployments. */
  readonly unpublishedBucketName: string | undefined
  /** Local system only: the endpoint of all AWS APIs, and the page of sent emails. */
  readonly awsEndpoint: string | undefined
  readonly mailboxUrl: string | undefined
  /** Where commands store secrets of this deployment: beside the local outputs file, otherwise in the data folder. */
  readonly memoryDirectory: string
  /** For the constructor of any AWS SDK client. */
  readonly clientConfiguration: {
    readonly region: string
    readonly endpoint?: string
    readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  }
}

/** Where the local system stores its state. */
export const dataDirectory = (): string => process.env['CARTWHEEL_DATA'] || '.local'

/** The command that reaches the system of this process: with the data folder, if it is set. */
export function commandLine(command: string): string {
  const folder = process.env['CARTWHEEL_DATA']
  if (!folder) return command
  return `CARTWHEEL_DATA=${/^[\w./-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", String.raw`'\''`)}'`} ${command}`
}

export const localOutputsFile = (): string => join(dataDirectory(), 'outputs.json')

/**
 * Reads a file that `cdk deploy --outputs-file` wrote: stack → outputs. Output names are unique, so they are merged.
 * @param file @default that of the running local system
 * @throws CommandError when there is no such file, it is not JSON, or an output is missing
 */
export function readDeployment(file = localOutputsFile()): Deployment {
  if (!existsSync(file)) {
    throw new CommandError(
      `File ${file} does not exist. Start the local system with npm start, set CARTWHEEL_DATA to the folder of a running one, or specify another file with --outputs.`,
    )
  }
  return parseDeployment(parseJson(file), file)
}

/** @param origin the file of the outputs, for error messages */
export function parseDeployment(stacks: Record<string, Record<string, string>>, origin: string): Deployment {
  const outputs: Record<string, string> = Object.assign({}, ...Object.values(stacks))
  const required = (name: string): string => {
    const value = outputs[name]
    if (!value)
      throw new CommandError(`${origin} has no output ${name}: is it the outputs file of a deployment of this app?`)
    return value
  }
  const awsEndpoint = outputs['AwsEndpoint']
  return {
    apiUrl: required('ApiUrl').replace(/\/$/, ''),
    webUrl: outputs['WebUrl']?.replace(/\/$/, ''),
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
    throw new CommandError(`${file} is not a JSON file of outputs: ${(error as Error).message}`)
  }
}
