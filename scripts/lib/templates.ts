import { createHash } from 'node:crypto'
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { dayMs } from '#shared/days.ts'

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
  await (building ??= runNode('scripts/commands/build.ts', {}))
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const CDK_CONTEXT_JSON = JSON.stringify({
    ...context,
    // The assets are not needed, and copying them takes longer than the synthesis.
    'aws:cdk:disable-asset-staging': true,
    // Half of the time is spent on validating templates with CloudFormation's rules. Prod has every resource, and
    // `cdk synth` checks what is deployed or started.
    '@aws-cdk/core:validateAgainstDefaultRules': stage === 'prod',
    // Named and by default, dev has one cached synthesis; a test checks that dev is the app's default.
    stage: stage === 'dev' ? undefined : stage,
  })
  const directory = join(cache, hashOfInputs(CDK_CONTEXT_JSON))
  if (!existsSync(directory)) {
    mkdirSync(cache, { recursive: true })
    removeOld()
    const unfinished = mkdtempSync(join(cache, 'unfinished-'))
    await runNode('infra/app.ts', { CDK_OUTDIR: unfinished, CDK_CONTEXT_JSON })
    publish(unfinished, directory)
  }
  return readTemplates(directory)
}

/** Once for all stages that a process reads: no caller outlives its sources. */
let building: Promise<unknown> | undefined

const runNode = (script: string, env: Record<string, string>) => execa(process.execPath, [script], { cwd: root, env })

function hashOfInputs(context: string): string {
  const hash = createHash('sha256').update(context)
  const files = globSync(['infra/**/*.ts', 'shared/**/*.ts', 'services/**/*.ts', 'dist/build.json'], {
    cwd: root,
    exclude: (name) => name.endsWith('.test.ts'),
  })
  for (const file of files.toSorted()) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return hash.digest('hex').slice(0, 16)
}

function removeOld(): void {
  for (const entry of globSync('*', { cwd: cache }).map((name) => join(cache, name))) {
    const { mtimeMs } = statSync(entry, { throwIfNoEntry: false }) ?? {}
    if (mtimeMs !== undefined && Date.now() - mtimeMs > dayMs) rmSync(entry, { recursive: true, force: true })
  }
}

function publish(unfinished: string, directory: string): void {
  try {
    renameSync(unfinished, directory)
  } catch (error) {
    // Another process may have published the same templates in the meantime.
    if (!existsSync(directory)) throw error
    rmSync(unfinished, { recursive: true })
  }
}

/** The templates of an assembly by the names of their stacks. @throws Error ENOENT */
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
