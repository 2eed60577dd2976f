import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { readDeployment, type Deployment } from '#scripts/lib/deployment.ts'
import { applicationName } from '#shared/application.ts'
import { command } from '../commands/command.ts'

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
  const script = ['scripts/commands/start.ts', '--no-images']
  const started = command(process.execPath, script, { CARTWHEEL_DATA: dataDirectory }, { detached: true })
  await started.printed(`${applicationName} is ready`)
  return {
    deployment: readDeployment(outputsFile),
    invocations: () => started.output().match(/ (?:cold|warm) /g)?.length ?? 0,
    async kill() {
      process.kill(-started.process.pid!, 'SIGKILL')
      await started.ended
    },
  }
}
