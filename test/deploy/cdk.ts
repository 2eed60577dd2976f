import { join } from 'node:path'
import { readTemplates } from '#scripts/lib/templates.ts'
import { runToEnd } from './processes.ts'
import { account, region, type Target } from './target.ts'

const commandLine = join(import.meta.dirname, '../../node_modules/.bin/cdk')

/** The CDK CLI on one checkout, for one stage. Its cloud assembly is in the checkout's `cdk.out`. */
export class Cdk {
  readonly #target: Target
  readonly #checkout: string
  readonly #stage: string
  readonly #logFile: string
  readonly #signal: AbortSignal

  constructor(target: Target, where: { checkout: string; stage: string; logFile: string; signal: AbortSignal }) {
    this.#target = target
    this.#checkout = where.checkout
    this.#stage = where.stage
    this.#logFile = where.logFile
    this.#signal = where.signal
  }

  get assembly(): string {
    return join(this.#checkout, 'cdk.out')
  }

  /** Also builds the functions. @returns the names of the stage's stacks */
  async synthesize(): Promise<string[]> {
    await this.#run('synth', '--quiet', '--output', this.assembly, '-c', `stage=${this.#stage}`)
    return [...readTemplates(this.assembly).keys()]
  }

  /** With the assembly: otherwise the CLI would synthesize the app's default stage. */
  bootstrap = (): Promise<string> => this.#run('bootstrap', '--app', this.assembly, `aws://${account}/${region}`)

  deployAll = (outputsFile: string): Promise<string> =>
    this.#run('deploy', '--app', this.assembly, '--all', '--require-approval', 'never', '--outputs-file', outputsFile)

  /** This project's command, which empties the buckets and runs `cdk destroy`. */
  destroyAll = (): Promise<string> =>
    this.#runNode('npm run destroy', 'scripts/commands/destroy.ts', '--stage', this.#stage, '--yes')

  #run = (command: string, ...args: string[]): Promise<string> =>
    this.#runNode(`cdk ${command}`, commandLine, command, ...args, '--no-notices', '--no-color')

  /** @returns its output @throws Error with the last lines of its output when it fails */
  async #runNode(name: string, ...args: string[]): Promise<string> {
    const { code, output } = await runToEnd(process.execPath, args, {
      cwd: this.#checkout,
      env: { ...this.#target.environment, NODE_OPTIONS: '', NO_COLOR: '1', CDK_HOME: join(this.#checkout, '.cdk') },
      logFile: this.#logFile,
      signal: this.#signal,
    })
    if (code !== 0) throw new Error(`${name} failed:\n${output.trim().split('\n').slice(-25).join('\n')}`)
    return output
  }
}
