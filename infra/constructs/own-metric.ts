import type { Duration } from 'aws-cdk-lib'
import { Metric } from 'aws-cdk-lib/aws-cloudwatch'
import { metricsNamespace } from '#shared/application.ts'
import type { Stage } from '../stages.ts'

export interface OwnMetricProps {
  readonly stage: Stage
  readonly service: string
  readonly name: string
  readonly period: Duration
  /** @default Sum */
  readonly statistic?: string
  /** Besides `service` and `stage`, which all have. @default none */
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
