import { AwsError } from '../wire/aws-error.ts'
import type { MappingConfiguration } from './mapping-configuration.ts'
import type { PollerContext } from './poller.ts'
import { QueuePoller } from './queue-poller.ts'
import { StreamPoller } from './stream-poller.ts'

interface Mapping {
  readonly configuration: MappingConfiguration
  enabled: boolean
  /** The poller that runs, if one does. */
  poller?: AbortController
  /** Resolves when the last poller has ended; the next one waits for it; otherwise two would read one shard. */
  ended: Promise<void>
}

/** The event source mappings, each with a poller while it is enabled and the service runs. */
export class EventSourceMappings {
  readonly #context: PollerContext
  readonly #mappings = new Map<string, Mapping>()
  #started = false

  constructor(context: PollerContext) {
    this.#context = context
  }

  /** @throws Error when the function does not exist or its timeout exceeds the queue's visibility timeout, as on AWS */
  create(configuration: MappingConfiguration): void {
    const { configuration: target } = this.#context.functions.resolve(configuration.functionName)
    // The stream must exist, as the queue must.
    if (configuration.kind === 'stream') this.#context.streams.require(configuration.eventSourceArn)
    else {
      const { visibilityTimeoutSeconds } = this.#context.sqs.attributesOf(configuration.eventSourceArn)
      if (visibilityTimeoutSeconds * 1000 < target.timeoutMs) {
        throw new Error(
          `Queue visibility timeout: ${visibilityTimeoutSeconds} seconds is less than Function timeout: ` +
            `${target.timeoutMs / 1000} seconds (${configuration.eventSourceArn}, ${target.name}).`,
        )
      }
    }
    const { uuid, enabled } = configuration
    this.#mappings.set(uuid, { configuration, enabled, ended: Promise.resolve() })
  }

  /**
   * Makes the messages visible that pollers of the previous process had in flight: otherwise they would wait for their
   * visibility timeout. Their receive stays counted: the function may have been the reason why the process ended.
   */
  start(): void {
    this.#started = true
    for (const mapping of this.#mappings.values()) {
      if (mapping.configuration.kind === 'queue') this.#context.sqs.release(mapping.configuration.eventSourceArn)
      this.#startPoller(mapping)
    }
  }

  /** Stops all pollers. @returns when the running batches have ended */
  async stop(): Promise<void> {
    this.#started = false
    const mappings = [...this.#mappings.values()]
    await Promise.all(mappings.map((mapping) => this.#stopPoller(mapping)))
  }

  list() {
    return [...this.#mappings.values()].map((mapping) => this.#describe(mapping))
  }

  /** A disabled mapping finishes its running batch and then stops polling. @throws AwsError ResourceNotFoundException */
  setEnabled(uuid: string, enabled: boolean) {
    const mapping = this.#mappings.get(uuid)
    if (!mapping) {
      throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', { statusCode: 404 })
    }
    mapping.enabled = enabled
    if (enabled && this.#started) this.#startPoller(mapping)
    else void this.#stopPoller(mapping)
    return this.#describe(mapping)
  }

  #startPoller(mapping: Mapping): void {
    if (!mapping.enabled || mapping.poller) return
    const abort = new AbortController()
    const { configuration } = mapping
    const poller =
      configuration.kind === 'queue'
        ? new QueuePoller(configuration, this.#context, abort.signal)
        : new StreamPoller(configuration, this.#context, abort.signal)
    mapping.poller = abort
    mapping.ended = mapping.ended
      .then(() => poller.run())
      .catch((error: Error) => this.#context.warn(`A poller failed unexpectedly: ${error.stack}`))
  }

  #stopPoller(mapping: Mapping): Promise<void> {
    mapping.poller?.abort()
    mapping.poller = undefined
    return mapping.ended
  }

  #describe({ configuration, enabled }: Mapping) {
    return {
      UUID: configuration.uuid,
      EventSourceArn: configuration.eventSourceArn,
      FunctionArn: this.#context.functions.resolve(configuration.functionName).arn,
      State: enabled ? 'Enabled' : 'Disabled',
      BatchSize: configuration.batchSize,
    }
  }
}
