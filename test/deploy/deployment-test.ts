import { join } from 'node:path'
import { deployedStacks, destroyedStacks } from './cdk-output.ts'
import { Cdk } from './cdk.ts'
import { changedFunction, changeOneFunction, copyCheckout } from '#test/support/checkout.ts'
import { servedCode, retainedResources } from './deployed-resources.ts'
import { runEndToEnd } from './end-to-end.ts'
import { takeInventory } from './inventory.ts'
import { Phases } from './phases.ts'
import { runToEnd } from './processes.ts'
import type { Target } from './target.ts'
import { applicationId } from '#shared/application.ts'

const repository = join(import.meta.dirname, '../..')

export interface Setting {
  readonly target: Target
  readonly python: string
  readonly directory: string
  readonly signal: AbortSignal
}

/** A stage's deployment on the target, phase by phase. A phase uses the results of previous phases. */
export class DeploymentTest {
  readonly #setting: Setting
  readonly #stage: string
  readonly #phases: Phases
  readonly #cdk: Cdk
  readonly #checkout: string
  readonly #outputsFile: string
  #stacks: string[] = []
  /** The resources before the first deployment, as `kind name`. */
  #before: string[] = []

  constructor(setting: Setting, stage: string, phases: Phases) {
    this.#setting = setting
    this.#stage = stage
    this.#phases = phases
    const { target, signal, directory } = setting
    this.#checkout = join(directory, `checkout-${stage}`)
    this.#outputsFile = join(directory, `outputs-${stage}.json`)
    this.#cdk = new Cdk(target, {
      checkout: this.#checkout,
      stage,
      logFile: join(directory, `cdk-${stage}.log`),
      signal,
    })
  }

  /** @returns whether the stage is deployed, so that it can be tested or destroyed */
  async deploy(): Promise<boolean> {
    return (
      (await this.#phase('synth', async () => {
        copyCheckout(this.#checkout)
        this.#stacks = await this.#cdk.synthesize()
        return `${this.#stacks.length} stacks`
      })) &&
      (await this.#phase('bootstrap', async () => {
        await this.#cdk.bootstrap()
        this.#before = await this.#inventory()
      })) &&
      (await this.#phase('deploy --all', async () => {
        const { changed } = deployedStacks(await this.#cdk.deployAll(this.#outputsFile))
        expectEqual(changed, this.#stacks, 'the stacks that were deployed')
        const made = beyond(await this.#inventory(), this.#before)
        return `${changed.length} stacks, ${made.length} resources of the watched types`
      }))
    )
  }

  /** Runs the end-to-end suite, a deployment without changes, and one with a changed function. */
  async use(): Promise<boolean> {
    const { target, directory, signal } = this.#setting
    return (
      (await this.#phase('sample data', () => this.#seed())) &&
      (await this.#phase('end-to-end suite', () => runEndToEnd(target, this.#outputsFile, { directory, signal }))) &&
      (await this.#phase('deploy --all again', async () => {
        const { unchanged } = deployedStacks(await this.#cdk.deployAll(join(directory, 'outputs-again.json')))
        expectEqual(unchanged, this.#stacks, 'the stacks without a change')
        return 'no stack changed'
      })) &&
      (await this.#phase('update of one function', () => this.#updateOneFunction())) &&
      (await this.#phase('orders after the update', () =>
        runEndToEnd(target, this.#outputsFile, { directory, signal, file: 'test/e2e/order.test.ts' }),
      ))
    )
  }

  /** Destroys the stage. Exactly the resources that its templates retain must remain. */
  async destroy(): Promise<boolean> {
    let kept: string[] = []
    return (
      (await this.#phase('destroy --all', async () => {
        kept = await retainedResources(this.#setting.target, this.#cdk.assembly)
        const destroyed = destroyedStacks(await this.#cdk.destroyAll())
        expectEqual(destroyed, this.#stacks, 'the stacks that were destroyed')
        return `${destroyed.length} stacks`
      })) && (await this.#phase('remaining resources', () => this.#checkLeftovers(kept)))
    )
  }

  #phase = (name: string, work: Parameters<Phases['run']>[1]) => this.#phases.run(`${this.#stage}: ${name}`, work)

  #inventory(): Promise<string[]> {
    const { target, python, signal } = this.#setting
    return takeInventory(target, python, signal)
  }

  /** As the pipeline does, with the outputs as the CDK wrote them. The second time must change nothing. */
  async #seed(): Promise<string> {
    const summaries: string[] = []
    for (let run = 0; run < 2; run += 1) {
      const { target, directory, signal } = this.#setting
      const { code, output } = await runToEnd(
        process.execPath,
        ['scripts/commands/seed.ts', '--outputs', this.#outputsFile, '--yes'],
        {
          cwd: repository,
          env: { ...target.environment, CARTWHEEL_DATA: directory },
          logFile: join(directory, 'seed.log'),
          signal,
        },
      )
      if (code !== 0) throw new Error(`npm run seed failed:\n${output.slice(-2000)}`)
      summaries.push(output.match(/^\d+ (products|images) .*$/gm)!.join(' '))
    }
    if (!/^0 products created, \d+ existed\. 0 images uploaded, \d+ existed\.$/.test(summaries[1]!))
      throw new Error(`The second seed changed something: ${summaries[1]}`)
    return summaries[0]!
  }

  async #updateOneFunction(): Promise<string> {
    const before = await servedCode(this.#setting.target)
    changeOneFunction(this.#checkout)
    await this.#cdk.synthesize()
    const { changed } = deployedStacks(await this.#cdk.deployAll(join(this.#setting.directory, 'outputs-updated.json')))
    const after = await servedCode(this.#setting.target)
    const updated = [...after].filter(([name, hash]) => before.get(name) !== hash).map(([name]) => name)
    const { service, entry } = changedFunction
    expectEqual(updated, [`${applicationId}-${this.#stage}-${service}-${entry}`], 'the functions with new code')
    expectEqual(changed, [`${applicationId}-${this.#stage}-${service}`], 'the stacks that changed')
    return `only ${updated.join()} changed`
  }

  async #checkLeftovers(expected: readonly string[]): Promise<string> {
    const left = beyond(await this.#inventory(), this.#before)
    const [stray, lost] = [beyond(left, expected), beyond(expected, left)]
    if (stray.length > 0) throw new Error(`These resources remain and cost money:\n  ${stray.join('\n  ')}`)
    if (lost.length > 0) throw new Error(`These resources should be retained, but are deleted:\n  ${lost.join('\n  ')}`)
    return left.length === 0 ? 'nothing' : `exactly what the stage retains:\n  ${left.toSorted().join('\n  ')}`
  }
}

/** The resources that are not among the known ones. */
const beyond = (resources: readonly string[], known: readonly string[]): string[] =>
  resources.filter((resource) => !known.includes(resource))

function expectEqual(actual: readonly string[], expected: readonly string[], what: string): void {
  const [seen, wanted] = [actual.toSorted().join(', '), expected.toSorted().join(', ')]
  if (seen !== wanted) throw new Error(`Unexpected: ${what} are ${seen || 'none'} instead of ${wanted}.`)
}
