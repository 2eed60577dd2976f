import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { dataDirectory } from '../deployment.ts'

const root = join(import.meta.dirname, '../..')

/** Where the outputs of a stage's deployment are kept. */
export const deployedOutputsFile = (stage: string): string => join(dataDirectory(), `outputs-${stage}.json`)

export interface CdkDeploy {
  /** What was synthesised and looked at before: exactly that is deployed. */
  readonly assembly: string
  readonly outputsFile: string
  /** Otherwise the CDK command line asks before a stack that gives more rights than before. */
  readonly yes: boolean
}

export const cdkArguments = ({ assembly, outputsFile, yes }: CdkDeploy): string[] => [
  'deploy',
  '--all',
  '--app',
  assembly,
  '--outputs-file',
  outputsFile,
  '--require-approval',
  yes ? 'never' : 'broadening',
  '--no-notices',
]

/**
 * Runs the CDK command line at this terminal, in the region that preflight looked at. Ctrl-C reaches it directly, and
 * it ends in its own time; CloudFormation goes on with the stack that it is at.
 * @returns its exit code
 */
export function cdkDeploy(deploy: CdkDeploy, region: string): Promise<number> {
  const bin = join(root, 'node_modules/.bin')
  const child = spawn(process.execPath, [join(bin, 'cdk'), ...cdkArguments(deploy)], {
    cwd: root,
    stdio: 'inherit',
    env: {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env['PATH']}`,
      AWS_REGION: region,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    },
  })
  const wait = () => undefined
  const forward = () => child.kill('SIGTERM')
  process.on('SIGINT', wait).on('SIGTERM', forward)
  return new Promise<number>((resolve, reject) =>
    child.once('error', reject).once('exit', (code) => resolve(code ?? 130)),
  ).finally(() => process.off('SIGINT', wait).off('SIGTERM', forward))
}
