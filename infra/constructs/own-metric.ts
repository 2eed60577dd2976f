import type { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import type { ServiceName } from '../grants.ts'
import type { Stage } from '../stages.ts'

/** Where functions put the metrics that they write themselves. */
export const metricsNamespace = 'EcommerceApp'

export interface OwnMetricProps {
  readonly stage: Stage
  readonly service: ServiceName
  readonly name: string
  readonly period: Duration
  /** @default Sum */
  readonly statistic?: string
  /** Besides those that all have: `service` and `stage`. @default none */
  readonly dimensions?: Readonly<Record<string, string>>
  /** @default the metric's name */
  readonly label?: string
}

/** A metric that the functions of a service write themselves. */
export const ownMetric = ({ stage, service, name, statistic = 'Sum', dimensions, ...more }: OwnMetricProps): Metric =>
  new Metric({
    namespace: metricsNamespace,
    metricName: name,
    dimensionsMap: { service, stage: stage.name, ...dimensions },
    statistic,
    ...more,
  })
