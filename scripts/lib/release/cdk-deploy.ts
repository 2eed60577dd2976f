import { join } from 'node:path'
import { dataDirectory } from '../deployment.ts'

/** Where the outputs of a stage's deployment are kept. */
export const deployedOutputsFile = (stage: string): string => join(dataDirectory(), `outputs-${stage}.json`)

export interface CdkDeploy {
  /** What was synthesised and looked at before: exactly that is deployed. */
  readonly assembly: string
  readonly outputsFile: string
  /**
   * Otherwise the CDK command line asks before a stack that gives more rights than before. It can ask about one stack at
   * a time only, and fails where it would have to ask while several are deployed.
   */
  readonly yes: boolean
}

/** As many as have a canary, whose minutes would otherwise add up. */
const stacksAtOnce = 6

/** The command line for all stacks of an assembly. */
export const cdkArguments = ({ assembly, outputsFile, yes }: CdkDeploy): string[] => [
  'deploy',
  '--all',
  '--app',
  assembly,
  '--outputs-file',
  outputsFile,
  '--require-approval',
  yes ? 'never' : 'broadening',
  ...(yes ? ['--concurrency', String(stacksAtOnce)] : []),
  '--no-notices',
]
