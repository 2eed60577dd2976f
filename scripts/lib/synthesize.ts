import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { setTimeout } from 'node:timers/promises'
import { delimiter, join } from 'node:path'
import { parseFlags, runScript } from './command.ts'
import { UsageError } from './deployment.ts'
import { isStamped, stampAssembly } from './synthesis-stamp.ts'

const root = join(import.meta.dirname, '../..')

/** All that a template or a bundle is made of. */
const inputs = [
  'infra/**/*.ts',
  'services/**/*.ts',
  'shared/**/*.ts',
  'scripts/commands/build.ts',
  'scripts/lib/build/*.ts',
  'cdk.json',
  'package.json',
  'package-lock.json',
]

export interface Synthesis {
  /** The folder with manifest, templates and assets. */
  readonly directory: string
  /** False when nothing had changed since the last time. */
  readonly made: boolean
}

/**
 * Builds the functions and synthesises the stage's stacks with the CDK command line, exactly as a deployment does.
 * Skips both when no input has changed and nobody has synthesised another stage into the folder.
 * @throws UsageError when the build or the synthesis fails; its output has gone to stderr. The signal ends it.
 */
export async function synthesise(stage: string, signal?: AbortSignal): Promise<Synthesis> {
  const directory = join(root, 'cdk.out')
  const madeOf = `${stage} ${hashOfInputs()}`
  if (isStamped(directory, madeOf)) return { directory, made: false }
  console.error('Building the functions and synthesising the stacks …')
  while ((await runCdkSynth(stage, directory, signal)) === 'another-runs') {
    await setTimeout(anotherLookMs, undefined, { signal })
    if (isStamped(directory, madeOf)) return { directory, made: true }
  }
  stampAssembly(directory, madeOf)
  return { directory, made: true }
}

/** Two starts on one checkout may both find it changed; the second waits for the first. */
const anotherLookMs = 500

function hashOfInputs(): string {
  const hash = createHash('sha256')
  for (const file of globSync(inputs, { cwd: root, exclude: (name) => name.endsWith('.test.ts') }).toSorted()) {
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(join(root, file)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** What it prints is shown only when it fails: a success needs no words. */
async function runCdkSynth(
  stage: string,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<'made' | 'another-runs'> {
  const command = join(root, 'node_modules/.bin/cdk')
  const args = ['synth', '--quiet', '--no-notices', '--output', directory, '-c', `stage=${stage}`]
  const child = spawn(process.execPath, [command, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
    ...(signal ? { signal } : {}),
  })
  const output: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk))
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code === 0) return 'made'
  const text = Buffer.concat(output).toString()
  if (text.includes('currently synthing')) return 'another-runs'
  process.stderr.write(text)
  throw new UsageError('The app could not be synthesised; the lines above say why.')
}

if (import.meta.main) {
  await runScript(async () => {
    parseFlags(
      {},
      'node scripts/lib/synthesize.ts\n\nBuilds the functions and synthesises the dev stage into cdk.out, unless nothing has changed.',
    )
    await synthesise('dev')
  })
}
