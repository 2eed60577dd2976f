import { Duration } from 'aws-cdk-lib'
import {
  GraphWidget,
  MathExpression,
  Metric,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch'

/** One line for each of some resources of one kind, told apart by their names. */
export interface LinesOf {
  readonly namespace: string
  readonly metric: string
  readonly statistic: string
  readonly dimension: string
  readonly names: readonly string[]
  /** Left out of the lines' labels. */
  readonly prefix: string
}

export const period = Duration.minutes(5)

/** The dashboard is 24 columns wide. */
const columns = 24

export interface GraphOptions {
  readonly unit?: string
  readonly right?: IMetric[]
  readonly annotations?: HorizontalAnnotation[]
}

/** A row of graphs of one height that share its width. */
export const row = (...graphs: ((width: number) => IWidget)[]): IWidget[] =>
  graphs.map((graph) => graph(columns / graphs.length))

export const graph =
  (title: string, left: IMetric[], { unit, right = [], annotations = [] }: GraphOptions = {}) =>
  (width: number): IWidget =>
    new GraphWidget({
      title,
      width,
      height: 6,
      left,
      right,
      leftAnnotations: annotations,
      leftYAxis: { min: 0, ...(unit ? { label: unit, showUnits: false } : {}) },
    })

export const linesOf = ({ namespace, metric, statistic, dimension, names, prefix }: LinesOf): Metric[] =>
  names.map(
    (name) =>
      new Metric({
        namespace,
        metricName: metric,
        dimensionsMap: { [dimension]: name },
        statistic,
        period,
        label: name.replace(`${prefix}-`, ''),
      }),
  )

/** The sum of what several resources measured; where one measured nothing, it counts as nothing. */
export function sumOf(label: string, metrics: readonly Metric[]): MathExpression {
  // Names of metrics are shared by all of a graph.
  const id = label.replaceAll(/\W/g, '_').toLowerCase()
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`${id}_${index}`, metric]))
  return new MathExpression({ expression: `SUM([${Object.keys(usingMetrics).join()}])`, usingMetrics, period, label })
}
