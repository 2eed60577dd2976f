import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../errors.ts'

/** The output of `cdk synth`: all resources that a deployment would create. */
export interface Assembly {
  readonly stacks: readonly AssembledStack[]
  /** The version of the bootstrap resources that the deployment requires. */
  readonly bootstrapVersion: number
}

interface AssembledStack {
  readonly name: string
  readonly resources: readonly Resource[]
}

interface Resource {
  readonly type: string
  readonly properties: Readonly<Record<string, unknown>>
}

interface Manifest {
  readonly artifacts: Readonly<Record<string, Artifact>>
}

interface Artifact {
  readonly type: string
  readonly properties: {
    readonly templateFile: string
    readonly stackName?: string
    readonly requiresBootstrapStackVersion?: number
  }
}

/**
 * @param prefix of the stage, with which its stacks' names begin
 * @throws UsageError when the folder contains no assembly, or the assembly of another stage
 */
export function readAssembly(directory: string, prefix: string): Assembly {
  const file = join(directory, 'manifest.json')
  if (!existsSync(file))
    throw new UsageError(`File ${file} does not exist. Synthesize first: npx cdk synth -c stage=NAME.`)
  const { artifacts } = JSON.parse(readFileSync(file, 'utf8')) as Manifest
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack')
  const foreign = stacks.find(([name]) => !name.startsWith(`${prefix}-`))
  if (foreign || stacks.length === 0)
    throw new UsageError(
      `${directory} contains ${foreign?.[0] ?? 'no stacks'}, which is not a stack of ${prefix}: synthesize that stage.`,
    )
  return {
    stacks: stacks.map(([name, { properties }]) => ({
      name: properties.stackName ?? name,
      resources: readResources(join(directory, properties.templateFile)),
    })),
    bootstrapVersion: Math.max(...stacks.map(([, { properties }]) => properties.requiresBootstrapStackVersion ?? 0)),
  }
}

function readResources(file: string): Resource[] {
  const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as {
    Resources: Record<string, { Type: string; Properties?: Record<string, unknown> }>
  }
  return Object.values(Resources).map(({ Type, Properties = {} }) => ({ type: Type, properties: Properties }))
}
