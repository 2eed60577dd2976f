import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { S3Client } from '@aws-sdk/client-s3'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SESv2Client } from '@aws-sdk/client-sesv2'
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { arn } from '@cartwheel/local/templates'
import type { Decision, Denial, Iam, AccessRequest, Principal } from '@cartwheel/local/iam'
import { type LocalLine, startLocalSystem, type LocalSystem } from '@cartwheel/local'
import { eventually } from '#scripts/lib/api-client.ts'
import { emailIdentities } from '#infra/stages.ts'
import { parseDeployment, type Deployment } from '#scripts/lib/deployment.ts'
import { seedProducts } from '#scripts/lib/seed/seed-products.ts'
import { shopOf } from '#test/support/shop.ts'
import type { Flow, Visit } from './flow.ts'
import { messagesIn, queueUrl } from './queues.ts'

/** A decision of IAM and the flow that caused it. */
export interface WatchedDecision {
  readonly flow: string
  readonly principal: Principal
  readonly request: AccessRequest
  readonly decision: Decision
}

/** The name for decisions outside of flows: the deployment, the first polls. */
const betweenFlows = 'start'

const quietMs = 100

/** Flows mostly wait for queues and schedules. */
const groupsAtOnce = 5

/** Longer than a visibility timeout, so that redelivered messages are included. */
const patienceMs = 120_000

/** A local system that records all decisions and denials of IAM. */
export class WatchedSystem {
  readonly deployment: Deployment
  readonly aws: Visit['aws']
  readonly decisions: WatchedDecision[]
  readonly denials: Denial[]
  readonly #system: LocalSystem
  readonly #watch: Watch
  readonly #directory: string

  private constructor(system: LocalSystem, watch: Watch, directory: string) {
    this.#system = system
    this.#watch = watch
    this.#directory = directory
    this.decisions = watch.decisions
    this.denials = watch.denials
    const outputs = system.outputs as Record<string, Record<string, string>>
    this.deployment = parseDeployment(outputs, system.outputsFile)
    const { clientConfiguration: of } = this.deployment
    this.aws = {
      dynamodb: new DynamoDBClient(of),
      events: new EventBridgeClient(of),
      s3: new S3Client({ ...of, forcePathStyle: true }),
      secrets: new SecretsManagerClient(of),
      ses: new SESv2Client(of),
      sqs: new SQSClient(of),
    }
  }

  /** @param assembly the folder that `cdk synth` wrote. @throws StartError when its templates cannot be deployed */
  static async start(assembly: string): Promise<WatchedSystem> {
    const directory = mkdtempSync(join(tmpdir(), 'privilege-'))
    const watch = new Watch()
    try {
      const system = await startLocalSystem({
        assembly,
        dataDirectory: directory,
        emailIdentities,
        onDecision: (principal, request, decision) => watch.decided(principal, request, decision),
        onLine: (line) => watch.line(line),
      })
      return new WatchedSystem(system, watch, directory)
    } catch (error) {
      rmSync(directory, { recursive: true, force: true })
      throw error
    }
  }

  get iam(): Iam {
    return this.#system.services.iam
  }

  /** Creates the sample products. */
  async fill(): Promise<void> {
    await seedProducts(this.deployment, () => {})
  }

  get outputsFile(): string {
    return this.#system.outputsFile
  }

  output(name: string): string {
    const value = Object.values(this.#system.outputs).find((outputs) => name in outputs)?.[name]
    if (value === undefined) throw new Error(`No stack has the output ${name}.`)
    return String(value)
  }

  /** Runs a flow, and records decisions under its name. The signal aborts it. */
  async run(flow: Flow, signal?: AbortSignal): Promise<void> {
    this.#watch.flow = flow.name
    const from = this.#watch.troubles.length
    try {
      await flow.run(this.#visit(signal))
    } catch (error) {
      if (signal?.aborted) throw error
      const troubles = this.#watch.troubles.slice(from).join('\n')
      throw new Error(`“${flow.name}” failed: ${(error as Error).message}\n${troubles}`, { cause: error })
    } finally {
      this.#watch.flow = betweenFlows
    }
  }

  /** Runs a flow until all of its effects are complete, so that its decisions are recorded under its name. */
  async runToTheEnd(flow: Flow): Promise<void> {
    await this.run({ ...flow, run: (visit) => flow.run(visit).then(() => this.idle()) })
  }

  /**
   * Runs groups of flows, several groups at a time; the decisions of flows that overlap cannot be told apart.
   * @returns how each flow ends
   */
  runTogether(groups: readonly (readonly Flow[])[]): Map<Flow, Promise<void>> {
    const waiting = [...groups]
    const ends = new Map(groups.flat().map((flow) => [flow, Promise.withResolvers<void>()]))
    const runGroups = async () => {
      for (let group = waiting.shift(); group; group = waiting.shift()) {
        for (const flow of group) await this.run(flow).then(ends.get(flow)!.resolve, ends.get(flow)!.reject)
      }
    }
    for (let lane = 0; lane < groupsAtOnce; lane += 1) void runGroups()
    // A flow may fail before its test awaits it.
    for (const { promise } of ends.values()) promise.catch(() => {})
    return new Map([...ends].map(([flow, { promise }]) => [flow, promise]))
  }

  /** Resolves with the next matching denial; rejects when the signal aborts. */
  denial(fits: (denial: Denial) => boolean, signal: AbortSignal): Promise<Denial> {
    return this.#watch.denial(fits, signal)
  }

  /** Waits until no consumer's queue has a message, delayed ones included, and no decision is made for a short time. */
  async idle(): Promise<void> {
    const { sqs } = this.#system.services
    const deadLetterQueues = new Set(sqs.deadLetterQueues())
    const waiting = () =>
      sqs
        .depths()
        .filter(({ name }) => !deadLetterQueues.has(name))
        .some(({ visible, inFlight, delayed }) => visible + inFlight + delayed > 0)
    let seen = -1
    while (waiting() || seen !== this.decisions.length) {
      seen = this.decisions.length
      await setTimeout(quietMs)
    }
  }

  async stop(): Promise<void> {
    for (const client of Object.values(this.aws)) client.destroy()
    await this.#system.stop()
    rmSync(this.#directory, { recursive: true, force: true })
  }

  #visit(signal?: AbortSignal): Visit {
    // An order that is not paid ends at once; one that is shipped would be waited for after its flow.
    const shop = shopOf(this.deployment, signal, 'tok_declined')
    const awaited: Visit['awaited'] = (what, look) =>
      eventually(
        what,
        async () => {
          signal?.throwIfAborted()
          return look()
        },
        patienceMs,
      )
    return {
      shop,
      aws: this.aws,
      output: (name) => this.output(name),
      awaited,
      decided: (token, orderId) =>
        awaited(`order ${orderId} to leave PLACED`, async () => {
          const order = await shop.orderOf(token, orderId)
          return order.status !== 'PLACED' && order
        }),
      redeliver: async (queue, event) => {
        const QueueUrl = await queueUrl(this.aws.sqs, `${this.output('EventBusName')}-${queue}`)
        const MessageBody = JSON.stringify(event)
        await this.aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }))
        await awaited(
          `the event to be handled by ${queue}`,
          async () => (await messagesIn(this.aws.sqs, QueueUrl)) === 0,
        )
      },
      runSchedule: async (name) => {
        const functionName = `${this.output('EventBusName')}-${name}`
        const before = this.#watch.invocations(functionName)
        this.#system.services.scheduler.run(arn('lambda', `function:${functionName}`))
        await awaited(`${name} to end`, async () => this.#watch.invocations(functionName) > before)
      },
    }
  }
}

class Watch {
  readonly decisions: WatchedDecision[] = []
  readonly denials: Denial[] = []
  /** Warnings, denials and failed invocations, for the error of a flow that does not complete. */
  readonly troubles: string[] = []
  readonly #listeners = new Set<(denial: Denial) => void>()
  readonly #invocations = new Map<string, number>()
  flow = betweenFlows

  /** How many invocations of a function have ended. */
  invocations(functionName: string): number {
    return this.#invocations.get(functionName) ?? 0
  }

  decided(principal: Principal, request: AccessRequest, decision: Decision): void {
    this.decisions.push({ flow: this.flow, principal, request, decision })
  }

  line(line: LocalLine): void {
    const isTrouble = line.kind === 'warning' || line.kind === 'denied' || (line.kind === 'invocation' && line.error)
    if (isTrouble) this.troubles.push(JSON.stringify(line))
    if (line.kind === 'invocation') this.#invocations.set(line.functionName, this.invocations(line.functionName) + 1)
    if (line.kind !== 'denied') return
    this.denials.push(line)
    for (const listener of this.#listeners) listener(line)
  }

  denial(fits: (denial: Denial) => boolean, signal: AbortSignal): Promise<Denial> {
    return new Promise((resolve, reject) => {
      const listener = (denial: Denial) => {
        if (!fits(denial)) return
        this.#listeners.delete(listener)
        resolve(denial)
      }
      this.#listeners.add(listener)
      signal.addEventListener('abort', () => {
        this.#listeners.delete(listener)
        reject(signal.reason as Error)
      })
    })
  }
}
