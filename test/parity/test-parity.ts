import { writeCorpus, type Recording } from '#test/parity/corpus.ts'
import { compareWith, shrink, type Difference } from '#test/parity/differential.ts'
import { httpEndpoint, type TableEndpoint } from '#test/parity/endpoint.ts'
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
  readonly record?: true
  readonly check?: true
}

const positive = number({ least: 1, most: 999_999_999, whole: true })

const command = newCommand(
  'npm run test:parity --',
  `
Compares the embedded tables with DynamoDB Local, which Maven downloads and Java runs: both must return the same
responses to random sequences of writes, transactions, reads and streams.`,
)
  .option('--sequences <n>', 'number of sequences (default: 50; 1000 in npm run test:full)', positive)
  .option('--seed <n>', 'only the sequence of this seed', positive)
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
    const endpoint = httpEndpoint(other.endpoint)
    return await (options.record ? record(endpoint) : runDifferential(endpoint, seeds))
  } finally {
    await other.stop()
  }
}

function firstSeeds(count: number): number[] {
  return Array.from({ length: count }, (_none, index) => index + 1)
}

async function runDifferential(endpoint: TableEndpoint, seeds: readonly number[]): Promise<number> {
  const known = new Map<string, number>()
  let compared = 0
  for (const [index, seed] of seeds.entries()) {
    const sequence = sequenceOf(seed)
    const comparison = await compareWith(endpoint, sequence)
    compared += comparison.compared
    for (const [name, times] of comparison.known) known.set(name, (known.get(name) ?? 0) + times)
    if (comparison.difference) {
      await report(endpoint, sequence, comparison.difference)
      return 1
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
  return 0
}

async function report(endpoint: TableEndpoint, sequence: Sequence, found: Difference): Promise<void> {
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

async function record(endpoint: TableEndpoint): Promise<number> {
  const recordings: Recording[] = []
  for (const seed of firstSeeds(recordedSequences)) {
    const sequence = sequenceOf(seed, recordedSteps)
    const { theirs, difference } = await compareWith(endpoint, sequence)
    if (difference) {
      await report(endpoint, sequence, difference)
      return 1
    }
    recordings.push({ sequence, responses: theirs })
  }
  const bytes = writeCorpus({ version: dynamoDbLocalVersion(), recordings })
  console.log(`${recordings.length} sequences are recorded, ${Math.ceil(bytes / 1024)} KB.`)
  return 0
}

await runCommand(command)
