import { systemClock } from '@cartwheel/local/clock.ts'
import { HttpEndpoint } from '@cartwheel/local/dynamodb/remote/endpoint.ts'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { writeCorpus, type Recording } from '#test/parity/corpus.ts'
import { compareWith, shrink, type Difference } from '#test/parity/differential.ts'
import { sequenceOf } from '#test/parity/generate/sequences.ts'
import { anotherFault, knownDifferences } from '#test/parity/known-differences.ts'
import { stepText, type Sequence } from '#test/parity/sequence.ts'
import { parseFlags, runScript } from '#scripts/lib/command.ts'
import { UsageError } from '#scripts/lib/deployment.ts'
import { dynamoDbLocalVersion, startDynamoDbLocal } from './dynamodb-local.ts'

const help = `
npm run test:parity [-- --sequences N] [--seed N] [--only PART] [--record]

Compares the embedded tables with DynamoDB Local, which Maven fetches and Java runs: random sequences of writes,
transactions, reads and streams must be answered alike; then the end-to-end suite runs with DynamoDB Local in place of
the embedded tables.

  --sequences N   how many sequences (default 50; 1000 in npm run test:full)
  --seed N        one sequence, the one of this seed
  --only PART     differential or end-to-end
  --record        write what DynamoDB Local answers to the first 60 sequences down; npm test replays that
`

/** Enough to meet each operation and each known difference many times, and few enough for npm test. */
const recordedSequences = 60
/** Shorter than those that are only compared, for the size of the file. */
const recordedSteps = 30
const parts = ['differential', 'end-to-end']

await runScript(async () => {
  const flags = parseFlags(
    {
      sequences: { type: 'string' },
      seed: { type: 'string' },
      only: { type: 'string' },
      record: { type: 'boolean', default: false },
    },
    help,
  )
  if (flags.only !== undefined && !parts.includes(flags.only)) {
    throw new UsageError(`There is no part ${flags.only}; there are ${parts.join(' and ')}.`)
  }
  const full = process.env['TEST_FULL'] === '1'
  const count = numberOf('--sequences', flags.sequences ?? (full ? '1000' : '50'))
  const seeds = flags.seed === undefined ? firstSeeds(count) : [numberOf('--seed', flags.seed)]
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const other = await startDynamoDbLocal()
  try {
    const endpoint = new HttpEndpoint(new URL(other.endpoint), systemClock)
    if (flags.record) return await record(endpoint)
    const alike = flags.only === 'end-to-end' || (await runDifferential(endpoint, seeds))
    if (!alike || flags.only === 'differential' || flags.seed !== undefined) return alike ? 0 : 1
    return await runEndToEnd(other.endpoint)
  } finally {
    await other.stop()
  }
})

function firstSeeds(count: number): number[] {
  return Array.from({ length: count }, (_none, index) => index + 1)
}

function numberOf(what: string, text: string): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  if (!(number >= 1)) throw new UsageError(`${what} must be a whole number from 1, not ${text}.`)
  return number
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
  console.log(`${explained} answers differ as DynamoDB Local is known to differ from DynamoDB, or in words:`)
  for (const { name, reason } of knownDifferences) {
    if (known.has(name)) console.log(`  ${String(known.get(name)).padStart(6)}  ${name}. ${reason}`)
  }
  console.log(
    `In ${known.get(anotherFault) ?? 0} of ${compared} steps both refuse and tell another fault, or the same in other words: only that they refuse was compared.`,
  )
  return true
}

async function report(endpoint: HttpEndpoint, sequence: Sequence, found: Difference): Promise<void> {
  console.error(`Seed ${sequence.seed}, step ${found.index + 1}: ${stepText(found.step)} is answered differently.`)
  console.error('Leaving out what does not matter …')
  const differs = async (candidate: Sequence) =>
    (await compareWith(endpoint, candidate)).difference?.index === candidate.steps.length - 1
  const shrunk = await shrink(sequence, found.index, differs)
  const difference = (await compareWith(endpoint, shrunk)).difference ?? found
  for (const step of shrunk.steps) console.error(JSON.stringify(step))
  console.error(`embedded:        ${JSON.stringify(difference.ours)}`)
  console.error(`DynamoDB Local:  ${JSON.stringify(difference.theirs)}`)
  console.error(`Again with: npm run test:parity -- --seed ${sequence.seed}`)
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
  console.log(`${recordings.length} sequences are written down, ${Math.ceil(bytes / 1024)} KB.`)
  return 0
}

async function runEndToEnd(endpoint: string): Promise<number> {
  console.log('The end-to-end suite, with DynamoDB Local in place of the embedded tables:')
  // At its usual size: what the full size adds is about the system's other parts.
  const { TEST_FULL: _full, ...env } = process.env
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../scripts/commands/test-e2e.ts')], {
    stdio: 'inherit',
    env: { ...env, AWS_ENDPOINT_URL_DYNAMODB: endpoint },
  })
  const end = () => child.kill('SIGTERM')
  process.once('exit', end)
  const code = await new Promise<number | null>((done, reject) => child.once('error', reject).once('exit', done))
  process.off('exit', end)
  return code ?? 1
}
