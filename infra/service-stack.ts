import { Tags } from 'aws-cdk-lib'
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import type { EventDefinition } from '#shared/events/envelope.ts'
import type { Route } from '#shared/http/route.ts'
import { ApiRoutes, type Api, type ApiRoutesProps } from './constructs/api-routes.ts'
import { EventConsumer, type ConsumerOptions } from './constructs/event-consumer.ts'
import { ownMetric, type OwnMetricProps } from './constructs/own-metric.ts'
import { ServiceFunction, type FunctionOptions } from './constructs/service-function.ts'
import { StageStack } from './constructs/stage-stack.ts'
import { period } from './dashboard/graph.ts'
import type { DataStack } from './data-stack.ts'
import type { EdgeStack } from './edge-stack.ts'
import type { KeyPrefix, TableGrant } from './grants.ts'
import type { IdentityStack } from './identity-stack.ts'
import type { Stage } from './stages.ts'

/** A service as the list in services.ts describes it. */
export interface Service {
  /** Its folder below `services/`. */
  readonly name: string
  /** Whether a deployment can leave it out. */
  readonly optional: boolean
  /** The prefixes of the partition keys that it owns in the single table. */
  readonly prefixes: readonly KeyPrefix[]
  /** Its module `events.ts`. */
  readonly events: object
  readonly Stack: new (scope: Construct, props: ServiceStackProps) => ServiceStack
}

/** The events that a service defines, of all that its module exports. */
export const definedEvents = ({ events }: Pick<Service, 'events'>): EventDefinition[] =>
  Object.values<EventDefinition>(events as Record<string, EventDefinition>).filter(
    ({ source, type }) => source !== undefined && type !== undefined,
  )

export interface ServiceStackProps {
  readonly stage: Stage
  readonly service: Service
  /** All services of the deployment, this one included. */
  readonly installed: readonly Service[]
  readonly data: DataStack
  readonly identity: IdentityStack
  readonly api: Api
  readonly edge: EdgeStack
}

export abstract class ServiceStack extends StageStack {
  protected readonly props: ServiceStackProps

  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props.service.name, props.stage)
    Tags.of(this).add('service', props.service.name)
    this.props = props
  }

  /**
   * A function of this service, with access to its own items of the table.
   * @throws Error for a prefix of another service
   */
  protected tableFunction(entry: string, access: readonly TableGrant[], options?: FunctionOptions): ServiceFunction {
    const { service, data } = this.props
    const foreign = access.flatMap(({ prefixes }) => prefixes).find((prefix) => !service.prefixes.includes(prefix))
    if (foreign) throw new Error(`${foreign} is not a prefix of ${service.name}: declare it in infra/grants.ts.`)
    const table = { resource: data.table, access }
    return new ServiceFunction(this, { ...options, service: service.name, entry, table })
  }

  protected addRoutes(
    routes: readonly Route[],
    functions: readonly ServiceFunction[],
    options?: Pick<ApiRoutesProps, 'provisionedConcurrency'>,
  ): void {
    new ApiRoutes(this, { ...options, api: this.props.api, routes, functions })
  }

  /**
   * A function that consumes events of this application. Events whose service is not installed are left out.
   * @param options.queues what distinguishes the queues of a function that has several, by their names
   * @returns undefined when none is left: then there is neither function nor queue
   */
  protected consumerFunction(
    entry: string,
    access: readonly TableGrant[],
    {
      events,
      queues,
      ...options
    }: FunctionOptions &
      ConsumerOptions & {
        readonly events: readonly EventDefinition[]
        readonly queues?: Readonly<Record<string, ConsumerOptions>>
      },
  ): ServiceFunction | undefined {
    const published = events.filter((event) => this.isPublished(event))
    if (published.length === 0) return undefined
    const consumer = this.tableFunction(entry, access, options)
    const common = { ...options, bus: this.props.data.bus, function: consumer, events: published }
    if (!queues) new EventConsumer(this, common)
    for (const [queue, own] of Object.entries(queues ?? {})) new EventConsumer(this, { ...common, ...own, queue })
    return consumer
  }

  /** Whether an installed service defines the event. */
  protected isPublished(event: EventDefinition): boolean {
    return this.props.installed.some(({ events }) => Object.values(events).includes(event))
  }

  /** A metric that this service's functions write, per 5 minutes. */
  protected metric(name: string, options?: Pick<OwnMetricProps, 'label' | 'statistic' | 'dimensions'>): Metric {
    return ownMetric({ ...options, stage: this.stage, service: this.props.service.name, name, period })
  }
}
