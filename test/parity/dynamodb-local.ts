import { ProcessReaper } from '@cartwheel/local/lambda/process-reaper.ts'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandError } from '#scripts/lib/errors.ts'
import { freePort } from '../support/free-port.ts'

const root = join(import.meta.dirname, '../..')
const project = join(root, 'test/parity/pom.xml')
const library = join(root, '.dynamodb-local')
const stamp = join(library, 'project.sha256')

/** A JVM starts slowly on a busy machine. */
const readyWithinMs = 60_000

/** The exact version in the Maven project. */
export const dynamoDbLocalVersion = () =>
  /<artifactId>DynamoDBLocal<\/artifactId>\s*<version>([^<]+)</.exec(readFileSync(project, 'utf8'))![1]!

/** @returns a sentence that names the packages to install, or undefined when none is missing */
export function missingForDynamoDbLocal(): string | undefined {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' })
  const major = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1] ?? 0)
  const maven = spawnSync('mvn', ['--version'], { encoding: 'utf8' })
  const missing = [...(major >= 17 ? [] : ['Java 17 or newer']), ...(maven.status === 0 ? [] : ['Maven'])]
  if (missing.length === 0) return undefined
  return `DynamoDB Local needs ${missing.join(' and ')}: install ${missing.length > 1 ? 'both' : 'it'} so that java and mvn are on the PATH.`
}

export interface DynamoDbLocal {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string
  /** Stops it; its in-memory data is lost. */
  stop(): Promise<void>
}

/**
 * Starts DynamoDB Local in memory on a free port; Maven downloads it on first use. It exits with this process.
 * @throws CommandError with one line when Java, Maven or the package is missing
 */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  const missing = missingForDynamoDbLocal()
  if (missing !== undefined) throw new CommandError(missing)
  await downloadLibrary()
  const port = await freePort()
  const main = 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner'
  const options = [`-Djava.library.path=${library}`, '-cp', join(library, '*'), main]
  const child = spawn('java', [...options, '-inMemory', '-disableTelemetry', '-port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Its own process group, which the guardian ends when this process is killed.
    detached: true,
  })
  const reaper = new ProcessReaper()
  if (child.pid !== undefined) reaper.add(child.pid)
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const endpoint = `http://127.0.0.1:${port}`
  await untilReady(child, endpoint)
  return {
    endpoint,
    async stop() {
      child.kill('SIGKILL')
      await exited
      reaper.stop()
    },
  }
}

/** The stamp is written last, so that an interrupted download is repeated. */
async function downloadLibrary(): Promise<void> {
  const wanted = createHash('sha256').update(readFileSync(project)).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  console.log(`Downloading DynamoDB Local ${dynamoDbLocalVersion()} with Maven …`)
  rmSync(library, { recursive: true, force: true })
  const arguments_ = ['-B', '-q', '-f', project, 'dependency:copy-dependencies', `-DoutputDirectory=${library}`]
  const child = spawn('mvn', arguments_, { stdio: ['ignore', 'pipe', 'pipe'] })
  const output = collected(child)
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (code !== 0) {
    const why =
      output()
        .split('\n')
        .find((line) => line.includes('ERROR')) ?? `exit code ${code}`
    throw new CommandError(`Maven could not download DynamoDB Local: ${why.slice(0, 300)}`)
  }
  writeFileSync(stamp, wanted)
}

async function untilReady(child: ChildProcess, endpoint: string): Promise<void> {
  const output = collected(child)
  for (const untilMs = Date.now() + readyWithinMs; ;) {
    if (child.exitCode !== null) throw new CommandError(`DynamoDB Local exited: ${output().trim().split('\n').at(-1)}`)
    // An error response to an unsigned request shows that it is ready.
    const answer = await fetch(endpoint, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
    if (answer) return
    if (Date.now() > untilMs) throw new CommandError(`DynamoDB Local did not respond within ${readyWithinMs / 1000} s.`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function collected(child: ChildProcess): () => string {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk))
  return () => output
}
