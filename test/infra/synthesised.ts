import { execFile, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

export const root = join(import.meta.dirname, '../..')

// Templates are any JSON; each test reads what it is about.
type Json = any

export interface Resource {
  readonly stack: string
  readonly logicalId: string
  readonly type: string
  readonly properties: Json
  readonly deletionPolicy: string | undefined
  /** Where it stands in its stack, for names of tests: `orders/place-order`. */
  readonly label: string
}

export interface Synthesis {
  readonly templates: ReadonlyMap<string, Json>
  readonly resources: readonly Resource[]
  ofType(type: string): Resource[]
  /** What a Ref or GetAtt inside a stack points to. */
  referred(from: Resource, reference: Json): Resource | undefined
  /** A value with imports from other stacks replaced by what those export. */
  followImport(value: Json): Json
}

/**
 * Runs the build (which skips what is built) and the app as the CDK command line does, without that command line.
 * Templates are kept in the system's temporary folder by a hash of what makes them, so that the test files of one run synthesise each stage once.
 * @param stage none: the app's own choice
 */
export async function synthesise(stage?: string): Promise<Synthesis> {
  run(['scripts/build.ts'], {})
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const CDK_CONTEXT_JSON = JSON.stringify({
    ...context,
    // Nobody reads the assets here, and copying them takes longer than the synthesis.
    'aws:cdk:disable-asset-staging': true,
    // Half of the time goes to checking templates by CloudFormation's rules. Prod has every resource there is, and
    // `cdk synth` checks whatever is deployed or started.
    '@aws-cdk/core:validateAgainstDefaultRules': stage === 'prod',
    stage,
  })
  const directory = join(tmpdir(), 'cartwheel-templates', hashOfInputs(CDK_CONTEXT_JSON))
  if (!existsSync(directory)) {
    const unfinished = mkdtempSync(join(tmpdir(), 'cartwheel-synthesis-'))
    const env = { ...process.env, CDK_OUTDIR: unfinished, CDK_CONTEXT_JSON }
    await promisify(execFile)(process.execPath, ['infra/app.ts'], { cwd: root, env })
    keep(unfinished, directory)
  }
  return readSynthesis(directory)
}

function hashOfInputs(context: string): string {
  const hash = createHash('sha256').update(context)
  const files = globSync(['infra/**/*.ts', 'shared/**/*.ts', 'services/*/{events,routes}.ts', 'dist/build.json'], {
    cwd: root,
  })
  for (const file of files.toSorted()) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}

/** Another test file may have been as quick: then its templates stand there, and they are the same. */
function keep(unfinished: string, directory: string): void {
  mkdirSync(dirname(directory), { recursive: true })
  if (existsSync(directory)) rmSync(unfinished, { recursive: true })
  else renameSync(unfinished, directory)
}

export function run(args: readonly string[], env: Record<string, string>): string {
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${args.join(' ')} failed:\n${stderr}`)
  return stderr
}

function readSynthesis(directory: string): Synthesis {
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
  const stacks = Object.entries<Json>(manifest.artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack')
  const templates = new Map(
    stacks.map(([name, { properties }]) => [
      name,
      JSON.parse(readFileSync(join(directory, basename(properties.templateFile)), 'utf8')),
    ]),
  )
  const resources = [...templates].flatMap(([stack, template]) =>
    Object.entries<Json>(template.Resources).map(([logicalId, resource]) => toResource(stack, logicalId, resource)),
  )
  const exported = new Map(
    [...templates.values()]
      .flatMap((template) => Object.values<Json>(template.Outputs ?? {}))
      .filter((output) => output.Export)
      .map((output) => [output.Export.Name, output.Value]),
  )
  return {
    templates,
    resources,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    referred(from, reference) {
      const logicalId = reference?.Ref ?? reference?.['Fn::GetAtt']?.[0]
      return resources.find((resource) => resource.stack === from.stack && resource.logicalId === logicalId)
    },
    followImport: (value) => exported.get(value?.['Fn::ImportValue']) ?? value,
  }
}

const toResource = (stack: string, logicalId: string, resource: Json): Resource => ({
  stack,
  logicalId,
  type: resource.Type,
  properties: resource.Properties,
  deletionPolicy: resource.DeletionPolicy,
  label: String(resource.Metadata?.['aws:cdk:path'] ?? `${stack}/${logicalId}`).replace(/\/Resource$/, ''),
})

/** Pairs of label and resource, for `test.each`. */
export const labelled = (resources: readonly Resource[]): [string, Resource][] =>
  resources.map((resource) => [resource.label, resource])
