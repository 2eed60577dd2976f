import { systemClock } from '@cartwheel/local/clock.ts'
import { HttpEndpoint } from '@cartwheel/local/dynamodb/remote/endpoint.ts'
import { join } from 'node:path'
import { Option } from 'commander'
import { execa } from 'execa'
import { writeCorpus, type Recording } from '#test/parity/corpus.ts'
import { compareWith, shrink, type Difference } from '#test/parity/differential.ts'
import { sequenceOf } from '#test/parity/generate/sequences.ts'
import { anotherError, knownDifferences } from '#test/parity/known-differences.ts'
import { stepText, type Sequence } from '#test/parity/sequence.ts'
import { newCommand, number, runCommand } from '#scripts/lib/command.ts'
import { CommandError } from '#scripts/lib/errors.ts'
import { dynamoDbLocalVersion, missingForDynamoDbLocal, startDynamoDbLocal } from './dynamodb-local.ts'

/** Enough to cover each operation and each known difference many times, and few enough for npm test. */
const recordedSequences = 60
/** Shorter than sequences that are only compared, to limit the size of the file. */
const recordedSteps = 30

interface Options {
  readonly sequences?: number
  readonly seed?: number
  readonly only?: 'differential' | 'end-to-end'
  readonly record?: true
  readonly check?: true
}

const positive = number({ least: 1, most: 999_999_999, whole: true })

const root = join(import.meta.dirname, '../..')

const command = newCommand(
  'npm run test:parity --',
  `
Compares the embedded tables with DynamoDB Local, which Maven downloads and Java runs: both must return the same
responses to random sequences of writes, transactions, reads and streams; then the end-to-end suite runs with DynamoDB
Local in place of the embedded tables.`,
)
  .option('--sequences <n>', 'number of sequences (default: 50; 1000 in npm run test:full)', positive)
  .option('--seed <n>', 'only the sequence of this seed', positive)
  .addOption(new Option('--only <part>', 'only one part').choices(['differential', 'end-to-end']))
  .option('--record', 'record the responses of DynamoDB Local to the first 60 sequences, which npm test replays')
  .option('--check', 'only check whether Java and Maven are installed')
  .action(async (options: Options) => {
    process.exitCode = await run(options)
  })

async function run(options: Options): Promise<number> {
  if (options.check) {
    const missing = missingForDynamoDbLocal()
    if (missing) throw new CommandError(missing)
    return 0
  }
  const count = options.sequences ?? (process.env['TEST_FULL'] === '1' ? 1000 : 50)
  const seeds = options.seed === undefined ? firstSeeds(count) : [options.seed]
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const other = await startDynamoDbLocal()
  try {
    const endpoint = new HttpEndpoint(new URL(other.endpoint), systemClock)
    if (options.record) return await record(endpoint)
    const alike = options.only === 'end-to-end' || (await runDifferential(endpoint, seeds))
    if (!alike || options.only === 'differential' || options.seed !== undefined) return alike ? 0 : 1
    return await runEndToEnd(other.endpoint)
  } finally {
    await other.stop()
  }
}

function firstSeeds(count: number): number[] {
  return Array.from({ length: count }, (_none, index) => index + 1)
}

async function runDifferential(endpoint: HttpEndpoint, seeds: readonly number[]): Promise<boolean> {
  const known = new Map<string, number>()
  let compared = 0
  for (const [index, seed] of seeds.entries()) {
    const sequence = sequenceOf(seed)
    const comparison = await compareWith(endpoint, sequence)
    compared += comparison.compared
    for (const [name, times] of comparison.known) known.set(name, (known.get(name) ?? 0) + times)
    if (comparison.difference) {
      await report(endpoint, sequence, comparison.difference)
      return false
    }
    if ((index + 1) % 50 === 0) console.log(`${index + 1} of ${seeds.length} sequences, ${compared} steps compared`)
  }
  const explained = [...known.values()].reduce((sum, times) => sum + times, 0)
  console.log(
    `${seeds.length} sequences with ${compared} steps: no difference from DynamoDB Local ${dynamoDbLocalVersion()}.`,
  )
  console.log(`${explained} responses differ in a known way from DynamoDB, or only in wording:`)
  for (const { name, reason } of knownDifferences) {
    if (known.has(name)) console.log(`  ${String(known.get(name)).padStart(6)}  ${name}. ${reason}`)
  }
  console.log(
    `In ${known.get(anotherError) ?? 0} of ${compared} steps both return an error, but a different error or different wording: only the failure was compared.`,
  )
  return true
}

async function report(endpoint: HttpEndpoint, sequence: Sequence, found: Difference): Promise<void> {
  console.error(`Seed ${sequence.seed}, step ${found.index + 1}: ${stepText(found.step)} has different responses.`)
  console.error('Reducing the sequence …')
  const differs = async (candidate: Sequence) =>
    (await compareWith(endpoint, candidate)).difference?.index === candidate.steps.length - 1
  const shrunk = await shrink(sequence, found.index, differs)
  const difference = (await compareWith(endpoint, shrunk)).difference ?? found
  for (const step of shrunk.steps) console.error(JSON.stringify(step))
  console.error(`embedded:        ${JSON.stringify(difference.ours)}`)
  console.error(`DynamoDB Local:  ${JSON.stringify(difference.theirs)}`)
  console.error(`Repeat with: npm run test:parity -- --seed ${sequence.seed}`)
}

async function record(endpoint: HttpEndpoint): Promise<number> {
  const recordings: Recording[] = []
  for (const seed of firstSeeds(recordedSequences)) {
    const sequence = sequenceOf(seed, recordedSteps)
    const { theirs, difference } = await compareWith(endpoint, sequence)
    if (difference) {
      await report(endpoint, sequence, difference)
      return 1
    }
    recordings.push({ sequence, answers: theirs })
  }
  const bytes = writeCorpus({ version: dynamoDbLocalVersion(), recordings })
  console.log(`${recordings.length} sequences are recorded, ${Math.ceil(bytes / 1024)} KB.`)
  return 0
}

async function runEndToEnd(endpoint: string): Promise<number> {
  console.log('The end-to-end suite, with DynamoDB Local in place of the embedded tables:')
  // At its usual size: the full size adds load only on other parts of the system.
  const { TEST_FULL: _full, ...env } = process.env
  const { exitCode } = await execa(process.execPath, [join(root, 'scripts/commands/test-e2e.ts')], {
    stdio: 'inherit',
    extendEnv: false,
    env: { ...env, AWS_ENDPOINT_URL_DYNAMODB: endpoint },
    reject: false,
  })
  return exitCode ?? 1
}

await runCommand(command)
