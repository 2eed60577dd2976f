import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { whileLocked } from './build/assembly-lock.ts'
import { hashOf } from './build/inputs.ts'
import { newCommand, runCommand } from './command.ts'
import { CommandError } from './errors.ts'

const root = join(import.meta.dirname, '../..')

/** All input files of the templates and bundles. */
const inputFiles = [
  'infra/**/*.{ts,js}',
  'services/**/*.ts',
  'shared/**/*.ts',
  'web/**/*.*',
  'scripts/commands/build.ts',
  'scripts/lib/cdk.ts',
  'scripts/lib/build/*.ts',
  'cdk.json',
  'package.json',
  'package-lock.json',
]

/**
 * Builds the functions and synthesizes the stage's stacks as `cdk synth` does, without the CLI, which takes a second. Skips
 * both when no input has changed and no other stage was synthesized into the folder.
 * @param without optional services to exclude, separated by commas
 * @param validated whether the templates must satisfy CloudFormation's rules, which take half of the time: for a deployment
 * @returns the folder with manifest, templates and assets: `cdk.out`, or one in `dist` without some services
 * @throws CommandError when the build or the synthesis fails, after printing its output to stderr
 */
export async function synthesize(
  stage: string,
  { signal, without, validated = false }: { signal?: AbortSignal; without?: string; validated?: boolean } = {},
): Promise<string> {
  const directory = join(root, without ? `dist/.without/${without}` : 'cdk.out')
  const isUpToDate = () => isCurrent(directory, { stage, inputs: hashOfInputs(), validated })
  if (isUpToDate()) return directory
  console.error('Building the functions and synthesizing the stacks …')
  const write = async () => {
    // Another process may have written it meanwhile.
    if (isUpToDate()) return
    let inputs: string
    do {
      inputs = hashOfInputs()
      await runApp(directory, { context: { stage, without }, validated, signal })
      // A file that was saved meanwhile may be part of it, or not.
    } while (inputs !== hashOfInputs())
    markAsCurrent(directory, { stage, inputs, validated })
  }
  await whileLocked(directory, write, signal)
  return directory
}

/** The option `exclude` of globSync ignores the files of a pattern without `**`. */
const hashOfInputs = () => hashOf(globSync(inputFiles, { cwd: root }).filter((name) => !name.endsWith('.test.ts')))

/** Its output is printed only when it fails. */
async function runApp(
  directory: string,
  {
    context,
    validated,
    signal,
  }: { context: Readonly<Record<string, string | undefined>>; validated: boolean; signal: AbortSignal | undefined },
): Promise<void> {
  const { exitCode, all } = await execa(process.execPath, ['scripts/lib/build/synthesize.ts'], {
    cwd: root,
    stdin: 'ignore',
    all: true,
    reject: false,
    env: {
      CDK_OUTDIR: directory,
      CDK_CONTEXT_JSON: JSON.stringify(appContext(context)),
      CDK_VALIDATION: String(validated),
    },
    ...(signal ? { cancelSignal: signal } : {}),
  })
  if (exitCode === 0) return
  signal?.throwIfAborted()
  process.stderr.write(`${all}\n`)
  throw new CommandError('The app could not be synthesized; see the lines above.')
}

/** What the CDK CLI passes to the app: the context of cdk.json, its own, and that of its arguments. */
export const appContext = (ofArguments: Readonly<Record<string, string | undefined>>) => ({
  ...JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context,
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
  'aws:cdk:disable-version-reporting': true,
  'aws:cdk:bundling-stacks': ['**'],
  ...ofArguments,
})

/** What an assembly was synthesized from, and how. */
interface Synthesis {
  readonly stage: string
  /** A hash of the input files. */
  readonly inputs: string
  readonly validated: boolean
}

/** Includes the manifest: `npx cdk synth` of another stage overwrites the folder without updating this record. */
const markOf = (directory: string, { stage, inputs, validated }: Synthesis): string => {
  const manifest = createHash('sha256').update(readFileSync(join(directory, 'manifest.json')))
  return [stage, inputs, validated ? 'validated' : 'not validated', manifest.digest('hex')].join('\n')
}

const markFile = (directory: string) => join(directory, '.inputs')

/** Records in the folder of an assembly what it was made of. */
export const markAsCurrent = (directory: string, madeOf: Synthesis): void =>
  writeFileSync(markFile(directory), markOf(directory, madeOf))

/** Whether the folder contains that assembly, or the same one validated. */
export function isCurrent(directory: string, madeOf: Synthesis): boolean {
  if (!existsSync(join(directory, 'manifest.json')) || !existsSync(markFile(directory))) return false
  const mark = readFileSync(markFile(directory), 'utf8')
  return [madeOf, { ...madeOf, validated: true }].some((each) => markOf(directory, each) === mark)
}

/** @throws CommandError when the folder has an assembly that was synthesized without CloudFormation's rules */
export function requireValidated(directory: string): void {
  if (!existsSync(join(directory, 'manifest.json')) || !existsSync(markFile(directory))) return
  const mark = readFileSync(markFile(directory), 'utf8')
  const [stage = '', inputs = ''] = mark.split('\n')
  if (markOf(directory, { stage, inputs, validated: false }) !== mark) return
  throw new CommandError(
    `The assembly in ${directory} was synthesized by npm start or npm run dev, without CloudFormation's rules. Leave out --assembly, or synthesize it with npx cdk synth.`,
  )
}

const ignore = (): void => {}

/**
 * Runs the CDK CLI in the foreground. Ctrl-C reaches both processes: the CLI exits by itself, and this process waits
 * for it.
 * @param region that was checked before: if none is set, the CDK CLI would choose a default
 * @returns its exit code; 130 after a signal
 */
export async function runCdk(args: readonly string[], region: string): Promise<number> {
  const child = execa(process.execPath, [join(root, 'node_modules/.bin/cdk'), ...args, '--no-notices'], {
    cwd: root,
    preferLocal: true,
    reject: false,
    forceKillAfterDelay: false,
    stdio: 'inherit',
    env: { CDK_DISABLE_CLI_TELEMETRY: 'true', AWS_REGION: region },
  })
  const terminate = () => child.kill('SIGTERM')
  process.on('SIGINT', ignore).on('SIGTERM', terminate)
  try {
    return (await child).exitCode ?? 130
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', terminate)
  }
}

if (import.meta.main) {
  const description = 'Builds the functions and synthesizes the dev stage into cdk.out, unless they are up to date.'
  const command = newCommand('node scripts/lib/cdk.ts', description)
  await runCommand(command.action(async () => void (await synthesize('dev', { validated: true }))))
}
