import { Duration } from 'aws-cdk-lib'
import {
  GraphWidget,
  MathExpression,
  Metric,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
} from 'aws-cdk-lib/aws-cloudwatch'

/** One line per resource of a kind. */
export interface LinesOf {
  readonly namespace: string
  readonly metric: string
  readonly statistic: string
  readonly dimension: string
  readonly names: readonly string[]
  /** Omitted from the lines' labels. */
  readonly prefix: string
}

export const period = Duration.minutes(5)

/** The dashboard is 24 columns wide. */
const columns = 24

export interface GraphOptions {
  readonly unit?: string
  readonly annotations?: HorizontalAnnotation[]
}

/** A graph that takes the width its row gives it. */
export type Graph = (width: number) => IWidget

/** A row of graphs of equal width. */
export const row = (...graphs: Graph[]): IWidget[] => graphs.map((graph) => graph(columns / graphs.length))

export const graph =
  (title: string, left: IMetric[], { unit, annotations = [] }: GraphOptions = {}): Graph =>
  (width) =>
    new GraphWidget({
      title,
      width,
      height: 6,
      left,
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

/** The sum of several resources' metrics; a missing value counts as 0. Sums of one graph have different initials. */
export function sumOf(label: string, metrics: readonly Metric[]): MathExpression {
  // Ids must be unique in a graph, and short, since an expression with all of them has at most 2,048 characters
  // (CloudWatch API reference, MetricDataQuery).
  const id = label.replaceAll(/(\w)\w*\W*/g, '$1').toLowerCase()
  const usingMetrics = Object.fromEntries(metrics.map((metric, index) => [`${id}${index}`, metric]))
  return new MathExpression({ expression: `SUM([${Object.keys(usingMetrics).join()}])`, usingMetrics, period, label })
}
