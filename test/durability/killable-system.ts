import { spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { readDeployment, type Deployment } from '#scripts/lib/deployment.ts'
import { applicationName } from '#shared/application.ts'

const root = join(import.meta.dirname, '../..')

/** A local system in its own process group, which can be killed at any time. */
export interface KillableSystem {
  readonly deployment: Deployment
  /** The number of invocations that it has logged. */
  invocations(): number
  /** Sends SIGKILL to every process of the group; resolves when the first of them has ended. */
  kill(): Promise<void>
}

export async function startKillable(dataDirectory: string): Promise<KillableSystem> {
  const outputsFile = join(dataDirectory, 'outputs.json')
  rmSync(outputsFile, { force: true })
  const child = spawn(process.execPath, ['scripts/commands/start.ts', '--no-images'], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: '0', WEB_PORT: '0', AWS_PORT: '0', CARTWHEEL_DATA: dataDirectory },
  })
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => (output += chunk))
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk
      if (output.includes(`${applicationName} is ready`) && existsSync(outputsFile)) resolve()
    })
    child.once('exit', () => reject(new Error(`The system did not start:\n${output.slice(-3000)}`)))
  })
  return {
    deployment: readDeployment(outputsFile),
    invocations: () => output.match(/ (?:cold|warm) /g)?.length ?? 0,
    async kill() {
      process.kill(-child.pid!, 'SIGKILL')
      await ended
    },
  }
}
