import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa, execaSync } from 'execa'
import { CommandError } from '#scripts/lib/errors.ts'
import { freePort } from '../support/listening.ts'

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
  const java = execaSync('java', ['-version'], { reject: false })
  const major = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1] ?? 0)
  const maven = execaSync('mvn', ['--version'], { reject: false })
  const missing = [...(major >= 17 ? [] : ['Java 17 or newer']), ...(maven.failed ? ['Maven'] : [])]
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
  const stopped = new AbortController()
  const java = execa('java', [...options, '-inMemory', '-disableTelemetry', '-port', String(port)], {
    all: true,
    reject: false,
    cancelSignal: stopped.signal,
    forceKillAfterDelay: 1000,
  })
  const endpoint = `http://127.0.0.1:${port}`
  const exited = java.then(({ all }) => {
    if (!stopped.signal.aborted) throw new CommandError(`DynamoDB Local exited: ${all.split('\n').at(-1)}`)
  })
  await Promise.race([exited, untilReady(endpoint)])
  return {
    endpoint,
    async stop() {
      stopped.abort()
      await exited
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
  const { failed, all, exitCode } = await execa('mvn', arguments_, { all: true, reject: false })
  if (failed) {
    const why = all.split('\n').find((line) => line.includes('ERROR')) ?? `exit code ${exitCode}`
    throw new CommandError(`Maven could not download DynamoDB Local: ${why.slice(0, 300)}`)
  }
  writeFileSync(stamp, wanted)
}

async function untilReady(endpoint: string): Promise<void> {
  for (const untilMs = Date.now() + readyWithinMs; ;) {
    // An error response to an unsigned request shows that it is ready.
    const response = await fetch(endpoint, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
    if (response) return
    if (Date.now() > untilMs) throw new CommandError(`DynamoDB Local did not respond within ${readyWithinMs / 1000} s.`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
