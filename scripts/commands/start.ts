import type { LocalSystem } from '@cartwheel/local/system.ts'
import { parsePort } from '@cartwheel/local/system/command-line.ts'
import { watchParent } from '@cartwheel/local/system/parent-watch.ts'
import type { StartFailure } from '@cartwheel/local/system/start-error.ts'
import { runInTerminal } from '@cartwheel/local/system/terminal.ts'
import { callApi } from '../lib/api-client.ts'
import { parseFlags, runScript } from '../lib/command.ts'
import { dataDirectory, parseDeployment, UsageError, type Deployment } from '../lib/deployment.ts'
import { seed, seedPictures } from './seed.ts'
import { synthesise } from '../lib/synthesize.ts'

const help = `
npm start [-- --reset] [--json] [--no-pictures]

Runs the whole system on this machine, from the CloudFormation that is deployed, until Ctrl-C.

  --reset        forget what earlier runs kept
  --json         print what happens as JSON lines
  --no-pictures  leave the sample products without their pictures, which a new shop otherwise paints and uploads

  PORT             of the API (default 3000, 0 picks a free one)
  AWS_PORT         of the AWS endpoint (default 4566, 0 picks a free one)
  CARTWHEEL_DATA   the folder that keeps all state (default .local)
  AWS_ENDPOINT_URL_DYNAMODB   where DynamoDB Local, or another, keeps the items (default: embedded tables)
`

/** What a person at this terminal can do about a start that failed. */
const advices: Partial<Record<StartFailure, string>> = {
  'port-in-use': 'PORT and AWS_PORT name others, 0 a free one.',
  'data-in-use': 'CARTWHEEL_DATA names another folder for a second one.',
}

await runScript(async () => {
  for (const name of ['reset', 'json']) {
    // npm takes a flag before -- for its own, without a word.
    if (process.env[`npm_config_${name}`]) throw new UsageError(`npm kept --${name} for itself: npm start -- --${name}`)
  }
  const { 'no-pictures': noPictures, ...flags } = parseFlags(
    {
      reset: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      'no-pictures': { type: 'boolean', default: false },
    },
    help,
  )
  const ports = { apiPort: portOf('PORT', '3000'), awsPort: portOf('AWS_PORT', '4566') }
  const assembly = await synthesiseWhileWanted()
  const options = { assembly, dataDirectory: dataDirectory(), ...ports, ...flags }
  await runInTerminal(options, (system) => announce(system, { ...flags, pictures: !noPictures }), advice)
})

function advice(failure: StartFailure): string | undefined {
  return advices[failure]
}

function portOf(name: string, otherwise: string): number {
  try {
    return parsePort(name, process.env[name] ?? otherwise)
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

/** Until the system itself listens to them, a signal or the end of npm ends the synthesis and this process. */
async function synthesiseWhileWanted(): Promise<string> {
  const wanted = new AbortController()
  const stop = () => {
    wanted.abort()
    process.exit(0)
  }
  const unwatch = watchParent(stop)
  process.on('SIGINT', stop).on('SIGTERM', stop)
  const { directory } = await synthesise('dev', wanted.signal)
  process.off('SIGINT', stop).off('SIGTERM', stop)
  unwatch()
  return directory
}

async function announce(system: LocalSystem, { json, pictures }: { json: boolean; pictures: boolean }): Promise<void> {
  const deployment = parseDeployment(system.outputs as Record<string, Record<string, string>>, system.outputsFile)
  const { status, body } = await callApi(deployment, 'GET', '/products?limit=100')
  if (status !== 200) throw new UsageError(`The catalogue answers ${status}; the lines above say why.`)
  const filled = body.items.length === 0 ? await seed(deployment, () => {}) : undefined
  const lacksPictures = filled || body.items.some((product: { images: unknown[] }) => product.images.length === 0)
  if (pictures && lacksPictures) void hangPictures(deployment)
  if (json) {
    console.log(
      JSON.stringify({
        kind: 'ready',
        url: system.apiEndpoint,
        outputs: system.outputs,
        limitations: system.limitations,
      }),
    )
    return
  }
  for (const limitation of system.limitations) console.log(limitation)
  if (filled) console.log(`The shop was empty: ${filled.created} products are on its shelves now.`)
  console.log(`
Cartwheel is ready at ${system.apiEndpoint}

  Look at the catalogue    curl ${system.apiEndpoint}/products
  Place orders             npm run demo
  Be a customer            npm run token -- --email you@example.com
  Read the mails           ${system.mailboxUrl}
  Look inside              AWS_ENDPOINT_URL=${system.endpoint}, keys local/local, outputs in ${system.outputsFile}

Ctrl-C ends it. What happens shows below, a line a hop.
`)
}

/** Goes on while the shop is open already, and after a restart where it was broken off. */
async function hangPictures(deployment: Deployment): Promise<void> {
  let ending = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => (ending = true))
  try {
    await seedPictures(deployment, () => {})
  } catch (error) {
    if (ending) return
    console.error(`Not every product has its picture; npm run seed goes on with them. ${(error as Error).message}`)
  }
}
