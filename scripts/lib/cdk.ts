import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { execa, type Options } from 'execa'
import { newCommand, runCommand } from './command.ts'
import { CommandError } from './errors.ts'

const root = join(import.meta.dirname, '../..')

/** All files that a template or a bundle is made of. */
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

/** The CDK command line on this process's Node, which the app then runs on too. */
function cdk(args: readonly string[], options: Options) {
  return execa(process.execPath, [join(root, 'node_modules/.bin/cdk'), ...args, '--no-notices'], {
    cwd: root,
    preferLocal: true,
    reject: false,
    forceKillAfterDelay: false,
    ...options,
    env: { CDK_DISABLE_CLI_TELEMETRY: 'true', ...options.env },
  })
}

/**
 * Builds the functions and synthesizes the stage's stacks with the CDK command line, as a deployment does. Skips both when
 * no input has changed and no other stage was synthesized into the folder.
 * @param without optional services to leave out, separated by commas
 * @returns the folder with manifest, templates and assets: `cdk.out`, or one in `dist` without some services
 * @throws CommandError when the build or the synthesis fails, after printing its output to stderr
 */
export async function synthesize(
  stage: string,
  { signal, without }: { signal?: AbortSignal; without?: string } = {},
): Promise<string> {
  const directory = join(root, without ? `dist/.without/${without}` : 'cdk.out')
  const madeOf = `${stage} ${hashOfInputs()}`
  if (isCurrent(directory, madeOf)) return directory
  console.error('Building the functions and synthesizing the stacks …')
  while ((await runSynth({ stage, without }, directory, signal)) === 'another-runs') {
    await setTimeout(retryMs, undefined, { signal })
    if (isCurrent(directory, madeOf)) return directory
  }
  markAsCurrent(directory, madeOf)
  return directory
}

/** Two starts in one checkout may both find a change; the second waits for the first. */
const retryMs = 500

/** Its output is printed only when it fails. */
async function runSynth(
  context: Readonly<Record<string, string | undefined>>,
  directory: string,
  signal: AbortSignal | undefined,
): Promise<'made' | 'another-runs'> {
  const { exitCode, all } = await cdk(['synth', '--quiet', '--output', directory, ...contextArguments(context)], {
    stdin: 'ignore',
    all: true,
    ...(signal ? { cancelSignal: signal } : {}),
  })
  if (exitCode === 0) return 'made'
  signal?.throwIfAborted()
  if (String(all).includes('currently synthing')) return 'another-runs'
  process.stderr.write(`${all}\n`)
  throw new CommandError('The app could not be synthesized; the lines above say why.')
}

const contextArguments = (context: Readonly<Record<string, string | undefined>>): string[] =>
  Object.entries(context).flatMap(([name, value]) => (value === undefined ? [] : ['-c', `${name}=${value}`]))

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

/** The manifest counts too: `npx cdk synth` with another stage writes into the same folder and leaves the mark. */
const markOf = (directory: string, inputsHash: string): string =>
  `${inputsHash} ${createHash('sha256')
    .update(readFileSync(join(directory, 'manifest.json')))
    .digest('hex')}`

const markFile = (directory: string) => join(directory, '.inputs')

/** Records in an assembly's folder what it was made of. */
export const markAsCurrent = (directory: string, inputsHash: string): void =>
  writeFileSync(markFile(directory), markOf(directory, inputsHash))

/** Whether the folder holds the assembly that was made of these inputs. */
export const isCurrent = (directory: string, inputsHash: string): boolean =>
  existsSync(join(directory, 'manifest.json')) &&
  existsSync(markFile(directory)) &&
  readFileSync(markFile(directory), 'utf8') === markOf(directory, inputsHash)

const ignore = (): void => {}

/**
 * Runs the CDK command line in the foreground. Ctrl-C reaches both processes: the command line ends by itself, and this
 * one waits for it.
 * @param region that was checked before: where none is set, the command line would choose its own
 * @returns its exit code; 130 after a signal
 */
export async function runCdk(args: readonly string[], region: string): Promise<number> {
  const child = cdk(args, { stdio: 'inherit', env: { AWS_REGION: region } })
  const terminate = () => child.kill('SIGTERM')
  process.on('SIGINT', ignore).on('SIGTERM', terminate)
  try {
    return (await child).exitCode ?? 130
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', terminate)
  }
}

if (import.meta.main) {
  const description = 'Builds the functions and synthesizes the dev stage into cdk.out, unless nothing has changed.'
  await runCommand(
    newCommand('node scripts/lib/cdk.ts', description).action(async () => void (await synthesize('dev'))),
  )
}
