import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deploy, type Outputs } from './assembly/deploy.ts'
import { readAssembly, type Assembly } from './assembly/manifest.ts'
import { AssemblyError } from './assembly/template.ts'
import { chaosOf, describeChaos } from './chaos.ts'
import { systemClock, within, type Clock } from './clock.ts'
import type { EngineOptions } from './dynamodb/engine.ts'
import type { IamOptions } from './iam/iam.ts'
import type { DevelopedFunctions } from './lambda/resources.ts'
import { Journal } from './pages/events.ts'
import { systemPages } from './pages/pages.ts'
import { openDataDirectory } from './system/data-directory.ts'
import { watchDeadLetters } from './system/dead-letter-watch.ts'
import type { LocalLine } from './system/line.ts'
import { createServices, type Services } from './system/services.ts'
import { StartError, type PortName } from './system/start-error.ts'

export interface LocalSystemOptions {
  /** The folder that `cdk synth` wrote. */
  readonly assembly: string
  /** Holds all state across restarts; only one running system can use it at a time. */
  readonly dataDirectory: string
  /** Port of the first HTTP API of the templates; further APIs get free ones. @default 0, which picks a free one */
  readonly apiPort?: number
  /** Port of the first CloudFront distribution of the templates; further ones get free ones. @default 0 */
  readonly webPort?: number
  /** Port of the AWS endpoint. @default 0 */
  readonly awsPort?: number
  /** Whether the state of earlier runs is deleted. @default false */
  readonly reset?: boolean
  /** Version of the data that the app stores; a data directory with another version is rejected. @default 1 */
  readonly dataVersion?: number | undefined
  /** Addresses and domains that may send email although no template creates them, as in an account that verified them. */
  readonly emailIdentities?: readonly string[] | undefined
  /** What differs from the templates for functions that are being developed: their code, source maps, a debugger's port. */
  readonly developed?: DevelopedFunctions | undefined
  /**
   * Injects the faults of the table in chaos.ts, with a sequence of decisions for each fault that depends only on this number.
   * @default no faults
   */
  readonly chaosSeed?: number | undefined
  readonly onLine?: (line: LocalLine) => void
  /**
   * Called with a message for the user when the data directory cannot be written any more, for example because its disk
   * is full. Nothing can be stored from then on, so the process should exit immediately.
   */
  readonly onFatal?: (message: string) => void
  /** Called with every IAM decision, including those on calls that AWS makes on behalf of a resource. */
  readonly onDecision?: IamOptions['onDecision']
  /** Called with the request units that each operation on tables consumed. */
  readonly onCapacity?: EngineOptions['onCapacity']
  readonly clock?: Clock
}

export interface LocalSystem {
  /** In the format of `cdk deploy --outputs-file`, plus AwsEndpoint and MailboxUrl under `Local`. */
  readonly outputs: Outputs
  readonly outputsFile: string
  /** The AWS endpoint, `http://127.0.0.1:<port>`. */
  readonly endpoint: string
  /** The first HTTP API, `http://127.0.0.1:<port>`. */
  readonly apiEndpoint: string
  /** The first CloudFront distribution, `http://127.0.0.1:<port>`; undefined when the templates have none. */
  readonly webUrl: string | undefined
  readonly mailboxUrl: string
  /** What the templates declare and the system does not emulate, one line each. */
  readonly limitations: readonly string[]
  readonly services: Services
  /** Replaces the code of a function: the next invocation runs it, and running ones end with the code they started with. */
  replaceCode(functionName: string, codeDirectory: string): void
  /** Accepts no more work, gives running functions time to end, and releases ports and data. Safe to call again. */
  stop(): Promise<void>
}

/** How long a stop waits for running functions; AWS lets them end, but a user at a terminal should not wait for it. */
const stopWithinMs = 10_000

/** @throws StartError for a failure that the user can fix */
export async function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  const { clock = systemClock, chaosSeed } = options
  const journal = new Journal()
  const onLine = (line: LocalLine) => {
    journal.addLine(line)
    options.onLine?.(line)
  }
  await using undo = new AsyncDisposableStack()
  const assembly = await asStartError('no-assembly', () => readAssembly(options.assembly))
  let hasStarted = false
  const data = undo.adopt(
    openDataDirectory(options.dataDirectory, {
      reset: options.reset,
      version: options.dataVersion,
      onFailure: options.onFatal,
    }),
    (directory) => (hasStarted ? directory.close() : directory.abandon()),
  )
  const services = createServices({
    state: data.state,
    clock,
    assets: assembly.assets,
    onLine,
    onEvent: (busName, event) => journal.addEvent({ atMs: clock.now(), busName, event }),
    ...(options.onDecision ? { onDecision: options.onDecision } : {}),
    onCapacity: options.onCapacity,
    developed: options.developed,
    ...(chaosSeed !== undefined && { chaos: chaosOf(chaosSeed) }),
  })
  undo.defer(() => stopServices(services, clock))
  if (chaosSeed !== undefined) onLine({ kind: 'warning', time: clock.now(), text: describeChaos(chaosSeed) })
  const { endpoint, apiEndpoint, webUrl } = await listen(services, options, assembly)

  services.ses.declareIdentities(options.emailIdentities ?? [])
  const deployed = await asStartError('template', () => deploy(assembly.stacks, services.providers))
  const mailboxUrl = `${endpoint}/mailbox`
  const outputs = { ...deployed.outputs, Local: { AwsEndpoint: endpoint, MailboxUrl: mailboxUrl } }
  const { sqs, logs, dynamodb: tables, ses, sns: texts } = services
  services.wire.addPages(systemPages({ journal, sqs, logs, tables, mails: ses.mails, texts, clock, outputs }))
  const outputsFile = writeOutputs(data.path, outputs)
  undo.defer(() => rmSync(outputsFile, { force: true }))

  // Pollers start last: the events they deliver may need any of the resources.
  services.dynamodb.start()
  services.s3.start()
  services.events.start()
  services.scheduler.start()
  services.lambda.start()
  services.cloudwatch.start()
  undo.defer(watchDeadLetters({ sqs: services.sqs, clock, onLine }))

  hasStarted = true
  const running = undo.move()
  const { limitations } = deployed
  return {
    outputs,
    outputsFile,
    endpoint,
    apiEndpoint,
    webUrl,
    mailboxUrl,
    limitations,
    services,
    replaceCode: (functionName, codeDirectory) => services.lambda.replaceCode(functionName, codeDirectory),
    stop() {
      if (!running.disposed) data.announceClose()
      return running.disposeAsync()
    },
  }
}

/** Requests stop first, then background work, then the services that both depend on. */
async function stopServices(services: Services, clock: Clock): Promise<void> {
  await services.cloudfront.stop()
  await services.httpApi.stop()
  services.events.stop()
  services.scheduler.stop()
  await within(stopWithinMs, services.lambda.stop(), clock)
  services.s3.stop()
  services.dynamodb.stop()
  services.sqs.stop()
  services.cloudwatch.stop()
  services.logs.stop()
  await services.wire.close()
}

/** The assembly is for the user to fix. */
async function asStartError<T>(reason: 'no-assembly' | 'template', work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof AssemblyError) throw new StartError(reason, error.message, { cause: error })
    throw error
  }
}

/** Opens all ports, so that one message names each that is in use. */
async function listen(services: Services, options: LocalSystemOptions, assembly: Assembly) {
  const { awsPort = 0, apiPort = 0, webPort = 0 } = options
  const [api, web, aws] = await Promise.allSettled([
    services.httpApi.listen(apiPort),
    hasDistribution(assembly) ? services.cloudfront.listen(webPort) : undefined,
    services.wire.listen(awsPort),
  ])
  if (api.status === 'fulfilled' && web.status === 'fulfilled' && aws.status === 'fulfilled') {
    return { endpoint: aws.value, apiEndpoint: api.value, webUrl: web.value }
  }
  const failures = [
    portFailure('api', 'HTTP API', apiPort, api),
    portFailure('web', 'CloudFront distribution', webPort, web),
    portFailure('aws', 'AWS endpoint', awsPort, aws),
  ].filter((failure) => failure !== undefined)
  const ports = failures.map(({ name }) => name)
  throw new StartError('ports', failures.map(({ text }) => text).join(' '), { ports })
}

const hasDistribution = ({ stacks }: Assembly) =>
  stacks.some(({ template }) =>
    Object.values(template.Resources ?? {}).some(({ Type }) => Type === 'AWS::CloudFront::Distribution'),
  )

function portFailure(name: PortName, what: string, port: number, result: PromiseSettledResult<unknown>) {
  if (result.status === 'fulfilled') return undefined
  const { code, message }: NodeJS.ErrnoException = result.reason
  if (code !== 'EADDRINUSE' && code !== 'EACCES') throw result.reason
  const problem = code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${message})`
  return { name, text: `Port ${port} for the ${what} ${problem}.` }
}

/** Written atomically, since other processes read the file while the system runs. */
function writeOutputs(directory: string, outputs: Outputs): string {
  const file = join(directory, 'outputs.json')
  writeFileSync(`${file}.new`, `${JSON.stringify(outputs, null, 2)}\n`)
  renameSync(`${file}.new`, file)
  return file
}
