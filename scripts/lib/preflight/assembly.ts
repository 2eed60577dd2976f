import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../deployment.ts'

/** What `cdk synth` wrote: everything that a deployment would make. */
export interface Assembly {
  readonly stacks: readonly AssembledStack[]
  /** Version of the bootstrap resources that its deployment needs. */
  readonly bootstrapVersion: number
}

export interface AssembledStack {
  readonly name: string
  readonly resources: readonly Resource[]
}

export interface Resource {
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
 * @throws UsageError when the folder holds no assembly, or another stage's
 */
export function readAssembly(directory: string, prefix: string): Assembly {
  const file = join(directory, 'manifest.json')
  if (!existsSync(file)) throw new UsageError(`There is no ${file}. Synthesise first: npx cdk synth -c stage=NAME.`)
  const { artifacts } = JSON.parse(readFileSync(file, 'utf8')) as Manifest
  const stacks = Object.entries(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack')
  const foreign = stacks.find(([name]) => !name.startsWith(`${prefix}-`))
  if (foreign || stacks.length === 0)
    throw new UsageError(
      `${directory} holds ${foreign?.[0] ?? 'no stacks'} and not the stacks of ${prefix}: synthesise that stage.`,
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
