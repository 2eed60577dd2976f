import type { ResourceProvider } from '../assembly/provider.ts'
import { alarmsOf } from './alarm-rule.ts'
import type { AlarmWatch } from './alarm-watch.ts'
import { readCompositeAlarm, readMetricAlarm } from './read-alarm.ts'

const tags = 'tags have no effect locally'
const actions = 'state changes are published to the default event bus and shown in the terminal; no other action runs'
const common = {
  ActionsEnabled: actions,
  AlarmActions: actions,
  InsufficientDataActions: actions,
  OKActions: actions,
  Tags: tags,
}

export const cloudWatchProviders = (watch: AlarmWatch): ResourceProvider[] => [
  {
    type: 'AWS::CloudWatch::Alarm',
    supported: [
      'AlarmDescription',
      'AlarmName',
      'ComparisonOperator',
      'DatapointsToAlarm',
      'Dimensions',
      'EvaluationPeriods',
      'ExtendedStatistic',
      'MetricName',
      'Metrics',
      'Namespace',
      'Period',
      'Statistic',
      'Threshold',
      'ThresholdMetricId',
      'TreatMissingData',
      'Unit',
    ],
    ignored: common,
    create({ properties, generatedName }) {
      const alarm = readMetricAlarm(String(properties['AlarmName'] ?? generatedName), properties)
      watch.put(alarm)
      const limitations = alarm.notEmulated === undefined ? [] : [`The alarm is not evaluated: ${alarm.notEmulated}`]
      return { ref: alarm.name, attributes: { Arn: alarm.arn }, limitations }
    },
  },
  {
    type: 'AWS::CloudWatch::CompositeAlarm',
    supported: ['AlarmDescription', 'AlarmName', 'AlarmRule'],
    ignored: common,
    create({ properties, generatedName }) {
      const alarm = readCompositeAlarm(String(properties['AlarmName'] ?? generatedName), properties)
      const unknown = alarmsOf(alarm.rule).find((name) => !watch.get(name))
      if (unknown !== undefined) throw new Error(`The alarm rule refers to the alarm ${unknown}, which does not exist.`)
      watch.put(alarm)
      return { ref: alarm.name, attributes: { Arn: alarm.arn } }
    },
  },
]
