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
import { alarmDescription } from './alarm.ts'
import { StageStack } from './stage-stack.ts'

export interface BurnRateAlarmProps {
  /** Of the alarm, without the stage's prefix: `api-burn-fast`. */
  readonly name: string
  /** How many times faster than the objective allows the error budget is spent. */
  readonly rate: number
  /** The window that shows that the budget is being spent. */
  readonly long: Duration
  /** The window that shows that it still is, so that the alarm ends soon after its cause. */
  readonly short: Duration
  readonly requests: Metric
  /** The requests that count against the budget. */
  readonly errors: Metric
}

/** Fewer errors than this in a window give no meaningful rate. */
const meaningfulErrors = 2

/**
 * The error budget of the stage's availability objective is being spent too fast, over a long and a short window at
 * once. Only the composite alarm notifies: the windows' own alarms lack the stage's prefix, by which the notification
 * rule selects alarms.
 */
export class BurnRateAlarm extends Construct {
  constructor(scope: Construct, props: BurnRateAlarmProps) {
    super(scope, props.name)
    const { name, rate, long, short } = props
    const { stage, resources } = StageStack.of(this)
    const problem = `The API spends its error budget ${rate} times too fast, over ${inWords(long)} and ${inWords(short)}.`
    const windows = [this.addWindow('long', long, props), this.addWindow('short', short, props)]
    const compositeAlarmName = `${stage.prefix}-${name}`
    resources.alarms.push(compositeAlarmName)
    new CompositeAlarm(this, 'alarm', {
      compositeAlarmName,
      alarmDescription: alarmDescription(problem, 'error-budget'),
      alarmRule: AlarmRule.allOf(...windows.map((window) => AlarmRule.fromAlarm(window, AlarmState.ALARM))),
    })
  }

  private addWindow(id: string, period: Duration, { name, rate, requests, errors }: BurnRateAlarmProps): Alarm {
    const { stage } = StageStack.of(this)
    const threshold = Number((rate * (1 - stage.availabilityObjective)).toPrecision(6))
    const minimumRequests = Math.ceil(meaningfulErrors / threshold)
    const share = new MathExpression({
      // Without the minimum, one error in a quiet night would raise the alarm.
      expression: `IF(requests > ${minimumRequests}, FILL(errors, 0) / requests, 0)`,
      usingMetrics: { requests, errors },
      period,
      label: `Share of errors over ${inWords(period)}`,
    })
    return share.createAlarm(this, id, {
      alarmName: `window-of-${stage.prefix}-${name}-${id}`,
      alarmDescription: alarmDescription(
        `Half of a burn rate: more than ${Number((threshold * 100).toPrecision(4))} % of the requests failed over ${inWords(period)}.`,
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
function inWords(duration: Duration): string {
  const minutes = duration.toMinutes()
  if (minutes % 60 !== 0) return `${minutes} minutes`
  return minutes === 60 ? '1 hour' : `${minutes / 60} hours`
}
