import type {
  LocalLine,
  LocalSystem,
  LocalSystemOptions,
  PortName,
  Restart,
  StartError,
  StartFailure,
} from '@cartwheel/local'
import { parseLineFilter, parsePort, parseSeed } from '@cartwheel/local/process'
import { callApi } from './api-client.ts'
import { synthesize } from './cdk.ts'
import { collect } from './command.ts'
import { dataVersion } from './data-version.ts'
import { commandLine, dataDirectory, parseDeployment, type Deployment } from './deployment.ts'
import { CommandError, orUsageError } from './errors.ts'
import { isSeedId, newSeedId } from './seed/seed-id.ts'
import { seedProducts } from './seed/seed-products.ts'
import type { Command } from 'commander'
import { emailIdentities } from '#infra/stages.ts'
import { applicationName } from '#shared/application.ts'

export interface StartOptions {
  readonly reset?: boolean
  readonly json?: boolean
  readonly images: boolean
  readonly chaos?: string
  readonly service?: string[]
  readonly level?: string
  readonly correlation?: string
}

/** Changes the running system while a developer changes its code. */
export interface Development {
  readonly developed: NonNullable<LocalSystemOptions['developed']>
  /** Called once the system is ready; ends with the process. */
  watch(system: LocalSystem, restart: Restart): Promise<void>
}

/** The options and the help of a command that runs the system. */
export const withStartOptions = (command: Command): Command =>
  command
    .option('--reset', 'delete the data of previous runs')
    .option('--json', 'print JSON lines (npm start --silent omits the output of npm)')
    .option('--no-images', 'do not render and upload images of the sample products')
    .option('--chaos <seed>', 'inject the faults that AWS documents, such as duplicate messages, chosen by this number')
    .option('--service <name>', 'print only lines of this service or function; can be repeated', collect)
    .option('--level <level>', 'print only warn (failures, warnings, denials, alarms) or error (default: all)')
    .option('--correlation <id>', 'print only lines with this correlation id')
    .addHelpText(
      'after',
      `
Environment variables:
  PORT            port of the API (default: 3000; 0: a free port)
  WEB_PORT        port of the storefront (default: 3001; 0: a free port)
  AWS_PORT        port of the AWS endpoint (default: 4566; 0: a free port)
  CARTWHEEL_DATA  folder of all state (default: .local)`,
    )

const portVariables: Record<PortName, string> = { api: 'PORT', web: 'WEB_PORT', aws: 'AWS_PORT' }

/** How to fix a failed start. */
function startAdviceOn({ reason, ports }: StartError): string | undefined {
  if (reason !== 'ports') return advices[reason]
  const names = ports.map((name) => portVariables[name]).join(' and ')
  return ports.length === 1
    ? `Set ${names} to another port, or to 0 for a free one.`
    : `Set ${names} to other ports, or to 0 for free ones.`
}

const advices: Partial<Record<StartFailure, string>> = {
  'data-in-use':
    'Run a second system with a folder and ports of its own: CARTWHEEL_DATA=FOLDER PORT=0 WEB_PORT=0 AWS_PORT=0 npm start',
  'data-foreign': 'Set CARTWHEEL_DATA to a new or an empty folder.',
  'data-version': `${commandLine('npm start -- --reset')} deletes it and starts with empty tables.`,
}

/**
 * Runs the system in the terminal until it is stopped; then this process exits.
 * @param develop called with the synthesized folder before the start
 */
export async function runSystem(
  { reset = false, json = false, images, chaos, ...lines }: StartOptions,
  develop?: (assembly: string) => Promise<Development>,
): Promise<void> {
  const chaosSeed = chaos === undefined ? undefined : orUsageError(() => parseSeed(chaos))
  const filter = orUsageError(() => parseLineFilter(lines))
  const ports = {
    apiPort: portOf('PORT', '3000'),
    webPort: portOf('WEB_PORT', '3001'),
    awsPort: portOf('AWS_PORT', '4566'),
  }
  const { assembly, development } = await untilStopped(async (signal) => {
    // The local system is loaded while other processes build.
    const [made] = await Promise.all([synthesize('dev', { signal }), import('@cartwheel/local')])
    return { assembly: made, development: await develop?.(made) }
  })
  const { runInTerminal } = await import('@cartwheel/local')
  const { developed } = development ?? {}
  const options = { ...ports, assembly, dataVersion, emailIdentities, reset, json, filter, chaosSeed, developed }
  await runInTerminal(
    { ...options, dataDirectory: dataDirectory(), isHidden, adviceOn },
    async (system, restart) => {
      await announce(system, { json, images })
      await development?.watch(system, restart)
    },
    startAdviceOn,
  )
}

/** What the seed causes is summarized instead. */
const isHidden = (line: LocalLine): boolean =>
  line.kind === 'invocation' && !line.error && line.correlationIds.length > 0 && line.correlationIds.every(isSeedId)

/** The command that prints everything about a failure. */
function adviceOn(line: LocalLine): string | undefined {
  if (line.kind !== 'invocation' || (line.error === undefined && line.level !== 'error')) return undefined
  const [correlationId] = line.correlationIds
  return correlationId && commandLine(`npm run logs -- --correlation ${correlationId}`)
}

const portOf = (name: string, defaultPort: string) =>
  orUsageError(() => parsePort(name, process.env[name] ?? defaultPort))

/** Until the system handles them itself, a signal stops the preparation and this process. */
async function untilStopped<T>(prepare: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopped = new AbortController()
  const stop = () => {
    stopped.abort()
    process.exit(0)
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, stop)
  const prepared = await prepare(stopped.signal)
  for (const signal of signals) process.off(signal, stop)
  return prepared
}

async function announce(system: LocalSystem, { json, images }: { json: boolean; images: boolean }): Promise<void> {
  const deployment = parseDeployment(system.outputs as Record<string, Record<string, string>>, system.outputsFile)
  const { region } = deployment.clientConfiguration
  const { status, body } = await callApi(deployment, 'GET', '/products?limit=100', {
    headers: { 'x-correlation-id': newSeedId() },
  })
  if (status !== 200) throw new CommandError(`The catalog responded with ${status}; see the lines above.`)
  const seeded = body.items.length === 0 ? await seedProducts(deployment, () => {}) : undefined
  const isMissingImages = seeded || body.items.some((product: { images: unknown[] }) => product.images.length === 0)
  if (images && isMissingImages) void uploadMissingImages(deployment, { json })
  if (json) {
    const { apiEndpoint: url, outputs, limitations } = system
    console.log(JSON.stringify({ kind: 'ready', url, outputs, limitations }))
    return
  }
  for (const limitation of system.limitations) console.log(limitation)
  if (seeded) console.log(`The catalog was empty: ${seeded.created} sample products were created.`)
  console.log(`
${applicationName} is ready at ${system.apiEndpoint}

  Open the storefront      ${deployment.webUrl}
  Open the back office     ${deployment.webUrl}/admin
  List products            curl ${system.apiEndpoint}/products
  Place orders             ${commandLine('npm run demo')}
  Sign in as a customer    ${commandLine('npm run token -- --email you@example.com')}
  Create a staff account   ${commandLine('npm run token -- --email staff@example.com --group staff --password Back-Office-2026')}
  Read the emails          ${system.mailboxUrl}
  Look inside              ${system.endpoint}
  Use an AWS SDK           export AWS_ENDPOINT_URL=${system.endpoint} AWS_REGION=${region} AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
  Find names of resources  ${system.outputsFile}

Ctrl-C stops it. Requests, events and invocations are logged below.
`)
}

/** Runs in the background, and at the next start if it was interrupted. */
async function uploadMissingImages(deployment: Deployment, { json }: { json: boolean }): Promise<void> {
  let ending = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => (ending = true))
  try {
    // Rendering loads native code, which is not needed without images.
    const { seedImages } = await import('./seed/seed-images.ts')
    const { added } = await seedImages(deployment, () => {})
    if (!json && added > 0) console.log(`Images of ${added} sample products were uploaded.`)
  } catch (error) {
    if (ending) return
    const seed = commandLine('npm run seed')
    console.error(`Some products have no image yet; ${seed} uploads the missing images. ${(error as Error).message}`)
  }
}
