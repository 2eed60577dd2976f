import { spawn } from 'node:child_process'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { Deployment } from '#scripts/lib/deployment.ts'
import { freePort } from '#test/support/listening.ts'
import { endGroup } from './processes.ts'

/** An empty MiniStack in a separate process. */
export interface Target {
  readonly endpoint: string
  readonly clientConfiguration: Required<Deployment['clientConfiguration']>
  /** The environment variables of programs that deploy to it instead of AWS. */
  readonly environment: NodeJS.ProcessEnv
  /** Its process id, which is also its process group. */
  readonly pid: number
  readonly logFile: string
  /** Kills it and its functions. Its state is lost. */
  stop(): void
}

const ownFiles = join(import.meta.dirname, 'target')
const repository = join(import.meta.dirname, '../..')
export const region = 'us-east-1'
export const account = '000000000000'

/** A start takes two seconds on two idle cores. */
const readyWithinMs = 120_000

/**
 * Starts MiniStack on a free port, with policy evaluation, its state in memory and its files in `directory`, which must
 * be in the repository: a function with native packages for Lambda resolves this machine's packages from there.
 * @param outlives whether it keeps running after this process exits
 * @throws Error with the last lines of its log when it does not respond in time
 */
export async function startTarget(
  python: string,
  directory: string,
  { signal, outlives }: { signal: AbortSignal; outlives: boolean },
): Promise<Target> {
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const environment = environmentOf(endpoint)
  const temporary = join(directory, 'functions')
  mkdirSync(temporary, { recursive: true })
  // MiniStack writes CommonJS files there, and files of the repository are ES modules by default.
  writeFileSync(join(temporary, 'package.json'), '{ "type": "commonjs" }')
  const logFile = join(directory, 'ministack.log')
  const log = openSync(logFile, 'a')
  const child = spawn(python, [join(ownFiles, 'launch.py')], {
    cwd: directory,
    // A process group, so that its functions stop with it.
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      ...environment,
      AUTH: 'true',
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_HOST: 'localhost',
      MINISTACK_APIGW_JWKS_TIMEOUT_SECONDS: '60',
      STATE_DIR: join(directory, 'state'),
      TMPDIR: temporary,
      PYTHONDONTWRITEBYTECODE: '1',
      ...(outlives ? { OUTLIVES_PARENT: 'yes' } : {}),
    },
  })
  child.unref()
  const target: Target = {
    endpoint,
    clientConfiguration: { region, endpoint, credentials: { accessKeyId: 'local', secretAccessKey: 'local' } },
    environment,
    pid: child.pid!,
    logFile,
    stop: () => endGroup(child.pid!),
  }
  try {
    await untilReady(endpoint, logFile, () => child.exitCode !== null, signal)
  } catch (error) {
    target.stop()
    throw error
  }
  return target
}

/** Without the caller's AWS configuration, so that nothing reaches a real account. */
function environmentOf(endpoint: string): NodeJS.ProcessEnv {
  const foreign = /^(AWS_|CDK_|NODE_OPTIONS$|PYTHON)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return {
    ...Object.fromEntries(kept),
    PATH: `${join(repository, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    NODE_OPTIONS: `--import=${pathToFileURL(join(ownFiles, 'route-names.mjs')).href}`,
  }
}

async function untilReady(endpoint: string, logFile: string, hasEnded: () => boolean, signal: AbortSignal) {
  const deadline = performance.now() + readyWithinMs
  for (;;) {
    const response = await fetch(`${endpoint}/_ministack/health`).catch(() => undefined)
    if (response?.ok) return
    if (hasEnded() || performance.now() > deadline) {
      throw new Error(`MiniStack did not start:\n${readFileSync(logFile, 'utf8').slice(-2000)}`)
    }
    await setTimeout(100, undefined, { signal })
  }
}
