import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { dayMs } from '#shared/days.ts'
import { hashOf, publish } from './build/inputs.ts'
import { UsageError } from './errors.ts'

const root = join(import.meta.dirname, '../..')
const cache = join(root, 'dist/.templates')

// Templates are any JSON; each reader reads only some parts.
export type Template = any

/**
 * The templates of a stage by the names of their stacks, synthesized beside `cdk.out` and without assets, so that a
 * running system is not disturbed. Runs the build, which skips up-to-date bundles, and the app as the CDK CLI does,
 * but without the CLI. Templates are cached in `dist/` by a hash of their inputs.
 * @param stage undefined: the app's default
 * @throws Error with the output of the build or the app
 */
export async function templatesOf(stage?: string): Promise<ReadonlyMap<string, Template>> {
  await build()
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const CDK_CONTEXT_JSON = JSON.stringify({
    ...context,
    // The assets are not needed, and copying them takes longer than the synthesis.
    'aws:cdk:disable-asset-staging': true,
    // Named and by default, dev has one cached synthesis; a test checks that dev is the app's default.
    stage: stage === 'dev' ? undefined : stage,
  })
  const inputs = globSync(['infra/**/*.ts', 'shared/**/*.ts', 'services/**/*.ts', 'dist/build.json'], {
    cwd: root,
    exclude: (name) => name.endsWith('.test.ts'),
  })
  const directory = join(cache, hashOf(inputs, CDK_CONTEXT_JSON).slice(0, 16))
  if (!existsSync(directory)) {
    mkdirSync(cache, { recursive: true })
    removeOld()
    const unfinished = mkdtempSync(join(cache, 'unfinished-'))
    // CloudFormation's rules take half of the time, and prod has every resource.
    const CDK_VALIDATION = String(stage === 'prod')
    await runNode('infra/app.ts', { CDK_OUTDIR: unfinished, CDK_CONTEXT_JSON, CDK_VALIDATION })
    publish(unfinished, directory)
  }
  return readTemplates(directory)
}

/**
 * Runs the build, once in a process: no caller outlives its sources.
 * @throws Error with its output
 */
export const build = (): Promise<unknown> => (building ??= runNode('scripts/commands/build.ts', {}))
let building: Promise<unknown> | undefined

const runNode = (script: string, env: Record<string, string>) => execa(process.execPath, [script], { cwd: root, env })

function removeOld(): void {
  for (const entry of globSync('*', { cwd: cache }).map((name) => join(cache, name))) {
    const { mtimeMs } = statSync(entry, { throwIfNoEntry: false }) ?? {}
    if (mtimeMs !== undefined && Date.now() - mtimeMs > dayMs) rmSync(entry, { recursive: true, force: true })
  }
}

/** The properties of a template's resources of some types, by their logical ids. */
export const propertiesOf = ({ Resources }: Template, ...types: readonly string[]): ReadonlyMap<string, any> =>
  new Map(
    Object.entries<any>(Resources)
      .filter(([, { Type }]) => types.includes(Type))
      .map(([logicalId, { Properties = {} }]) => [logicalId, Properties]),
  )

export const readTemplates = (directory: string): Assembly['templates'] => readAssembly(directory).templates

/** The output of `cdk synth`: all resources that a deployment would create. */
export interface Assembly {
  /** By the names of their stacks. */
  readonly templates: ReadonlyMap<string, Template>
  /** The version of the bootstrap resources that the deployment requires. */
  readonly bootstrapVersion: number
}

/**
 * @param prefix of the stage, with which its stacks' names begin
 * @throws UsageError when the folder contains no assembly, or the assembly of another stage
 */
export function readAssembly(directory: string, prefix = ''): Assembly {
  const file = join(directory, 'manifest.json')
  if (!existsSync(file))
    throw new UsageError(`File ${file} does not exist. Synthesize first: npx cdk synth -c stage=NAME.`)
  const { artifacts } = JSON.parse(readFileSync(file, 'utf8'))
  const stacks = Object.entries<any>(artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack')
  const foreign = prefix && stacks.find(([name]) => !name.startsWith(`${prefix}-`))
  if (foreign || stacks.length === 0)
    throw new UsageError(
      `${directory} contains ${foreign ? foreign[0] : 'no stacks'}, which is not a stack of ${prefix}: synthesize that stage.`,
    )
  return {
    templates: new Map(
      stacks.map(([name, { properties }]) => [
        name,
        JSON.parse(readFileSync(join(directory, properties.templateFile), 'utf8')),
      ]),
    ),
    bootstrapVersion: Math.max(...stacks.map(([, { properties }]) => properties.requiresBootstrapStackVersion ?? 0)),
  }
}
