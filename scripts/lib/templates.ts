import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '../..')

/** Templates are any JSON; each reader knows what it is about. */
export type Template = any

/**
 * The templates of a stage by the names of their stacks, made beside `cdk.out` and without assets, so that a running
 * system is not disturbed. Runs the build (which skips what is built) and the app as the CDK command line does, without
 * that command line. They are kept in the system's temporary folder by a hash of what makes them: whoever asks again
 * gets them at once.
 * @param stage none: the app's own choice
 * @throws Error with what the build or the app said
 */
export async function templatesOf(stage?: string): Promise<ReadonlyMap<string, Template>> {
  await runNode(['scripts/commands/build.ts'], {})
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
    await runNode(['infra/app.ts'], { CDK_OUTDIR: unfinished, CDK_CONTEXT_JSON })
    keep(unfinished, directory)
  }
  return readTemplates(directory)
}

async function runNode(args: readonly string[], env: Record<string, string>): Promise<void> {
  await promisify(execFile)(process.execPath, args, { cwd: root, env: { ...process.env, ...env } })
}

function hashOfInputs(context: string): string {
  const hash = createHash('sha256').update(context)
  const files = globSync(['infra/**/*.ts', 'shared/**/*.ts', 'services/*/{events,keys,routes}.ts', 'dist/build.json'], {
    cwd: root,
  })
  for (const file of files.toSorted()) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}

/** Another process may have been as quick: then its templates stand there, and they are the same. */
function keep(unfinished: string, directory: string): void {
  mkdirSync(dirname(directory), { recursive: true })
  if (existsSync(directory)) rmSync(unfinished, { recursive: true })
  else renameSync(unfinished, directory)
}

/** The templates that an assembly holds, by the names of their stacks. @throws Error ENOENT */
export function readTemplates(directory: string): ReadonlyMap<string, Template> {
  const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
  const stacks = Object.entries<any>(manifest.artifacts).filter(([, { type }]) => type === 'aws:cloudformation:stack')
  return new Map(
    stacks.map(([name, { properties }]) => [
      name,
      JSON.parse(readFileSync(join(directory, basename(properties.templateFile)), 'utf8')),
    ]),
  )
}
