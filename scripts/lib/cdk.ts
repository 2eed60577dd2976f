import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** Ctrl-C reaches both processes: the command line ends by itself, and this one waits for it. */
const ignore = (): void => {}

/**
 * Runs the CDK command line in the foreground, with this process's Node first on the path.
 * @param region the one that was looked at before: where none is set, the command line would choose for itself
 * @returns its exit code; after a signal to both, the one that tells of it
 */
export async function runCdk(args: readonly string[], region: string): Promise<number> {
  const child = spawn(process.execPath, [join(root, 'node_modules/.bin/cdk'), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH']}`,
      AWS_REGION: region,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  })
  process.on('SIGINT', ignore)
  const terminate = () => child.kill('SIGTERM')
  process.on('SIGTERM', terminate)
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => resolve(code ?? 130))
    })
  } finally {
    process.off('SIGINT', ignore)
    process.off('SIGTERM', terminate)
  }
}
