import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  MathExpression,
  TreatMissingData,
  type Metric,
} from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { Stage } from '../stages.ts'
import { described } from './alarm-description.ts'

export interface BurnRateAlarmProps {
  readonly stage: Stage
  /** Of the alarm, without prefix: `api-burn-fast`. */
  readonly name: string
  /** How many times faster than the objective allows the budget is spent: at 1 it would last exactly its whole time. */
  readonly rate: number
  /** Says that the budget is being spent. */
  readonly long: Duration
  /** Says that it still is, so that the alarm ends soon after its cause. */
  readonly short: Duration
  readonly requests: Metric
  /** Those of the requests that count against the budget. */
  readonly errors: Metric
}

/** A window with fewer errors than these says nothing about a rate. */
const meaningfulErrors = 2

/**
 * The error budget of the stage's availability objective is being spent too fast, over a long window and a short one at
 * once. Only the pair is told: the windows' own alarms have names that no rule of the stage takes.
 */
export class BurnRateAlarm extends Construct {
  constructor(scope: Construct, props: BurnRateAlarmProps) {
    super(scope, props.name)
    const { stage, name, rate, long, short } = props
    const matter = `The API spends its error budget ${rate} times too fast, over ${spoken(long)} and ${spoken(short)}.`
    const windows = [this.addWindow('long', long, props), this.addWindow('short', short, props)]
    new CompositeAlarm(this, 'alarm', {
      compositeAlarmName: `${stage.prefix}-${name}`,
      alarmDescription: described(matter, 'error-budget'),
      alarmRule: AlarmRule.allOf(...windows.map((window) => AlarmRule.fromAlarm(window, AlarmState.ALARM))),
    })
  }

  private addWindow(id: string, period: Duration, { stage, name, rate, requests, errors }: BurnRateAlarmProps): Alarm {
    const threshold = Number((rate * (1 - stage.availabilityObjective)).toPrecision(6))
    const fewest = Math.ceil(meaningfulErrors / threshold)
    const share = new MathExpression({
      // Without the bound one error of a quiet night would be a rate that wakes somebody.
      expression: `IF(requests > ${fewest}, FILL(errors, 0) / requests, 0)`,
      usingMetrics: { requests, errors },
      period,
      label: `Share of errors over ${spoken(period)}`,
    })
    return share.createAlarm(this, id, {
      alarmName: `window-of-${stage.prefix}-${name}-${id}`,
      alarmDescription: described(
        `Half of a burn rate: more than ${Number((threshold * 100).toPrecision(4))} % of the requests failed over ${spoken(period)}.`,
        'error-budget',
      ),
      threshold,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    })
  }
}

/** `6 hours`, `5 minutes` */
function spoken(duration: Duration): string {
  const minutes = duration.toMinutes()
  if (minutes % 60 !== 0) return `${minutes} minutes`
  return minutes === 60 ? '1 hour' : `${minutes / 60} hours`
}
