import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import type { Alarm } from '../alarm.ts'
import type { AlarmStates, HistoryItem } from '../alarm-states.ts'
import type { AlarmWatch } from '../alarm-watch.ts'
import type { AlarmState } from '../alarm-evaluation.ts'
import { alarmArn } from '../read-alarm.ts'
import { invalidValue, missing, paged, timeOf } from './input.ts'

const states: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA']
const maxRecords = 100

/** DescribeAlarms, DescribeAlarmHistory and SetAlarmState. */
export function alarmOperations(watch: AlarmWatch, alarmStates: AlarmStates): Record<string, Operation> {
  return {
    DescribeAlarms: {
      access: ({ AlarmNames }: { AlarmNames?: string[] }) =>
        AlarmNames?.length
          ? AlarmNames.map((name) => onAlarm('DescribeAlarms', name))
          : [onAlarm('DescribeAlarms', '*')],
      handle: (input) => describeAlarms(watch, alarmStates, input),
    },
    DescribeAlarmHistory: {
      access: ({ AlarmName = '*' }: { AlarmName?: string }) => [onAlarm('DescribeAlarmHistory', AlarmName)],
      handle: (input) => describeHistory(watch, alarmStates, input),
    },
    SetAlarmState: {
      access: ({ AlarmName }: { AlarmName?: string }) => [onAlarm('SetAlarmState', String(AlarmName))],
      handle(input: { AlarmName?: string; StateValue?: AlarmState; StateReason?: string; StateReasonData?: string }) {
        const { AlarmName, StateValue: state, StateReason: reason, StateReasonData: reasonData } = input
        if (!AlarmName) throw missing('AlarmName')
        if (reason === undefined) throw missing('StateReason')
        const alarm = watch.get(AlarmName)
        if (!alarm) throw new AwsError('ResourceNotFound', `There is no alarm ${AlarmName}.`, { statusCode: 404 })
        if (state === undefined || !states.includes(state))
          throw invalidValue(`StateValue must be one of ${states.join(', ')}.`)
        if (reasonData !== undefined && !isJson(reasonData))
          throw new AwsError('InvalidFormatFault', 'StateReasonData is not JSON.')
        watch.set(alarm, { state, reason, ...(reasonData !== undefined && { reasonData }) })
      },
    },
  }
}

const onAlarm = (action: string, name: string) => ({ action: `cloudwatch:${action}`, resource: alarmArn(name) })

interface DescribeInput {
  readonly AlarmNames?: readonly string[]
  readonly AlarmNamePrefix?: string
  readonly AlarmTypes?: readonly string[]
  readonly StateValue?: AlarmState
  readonly ActionPrefix?: string
  readonly MaxRecords?: number
  readonly NextToken?: string
}

function describeAlarms(watch: AlarmWatch, alarmStates: AlarmStates, input: DescribeInput) {
  // As on AWS, the default is metric alarms only.
  const { AlarmTypes: types = ['MetricAlarm'], AlarmNames: names, AlarmNamePrefix: prefix = '' } = input
  const found = watch
    .list()
    .filter(
      (alarm) =>
        types.includes(alarm.kind === 'metric' ? 'MetricAlarm' : 'CompositeAlarm') &&
        (names === undefined || names.includes(alarm.name)) &&
        alarm.name.startsWith(prefix) &&
        (input.StateValue === undefined || alarmStates.get(alarm.name).state === input.StateValue) &&
        (input.ActionPrefix === undefined || hasAction(alarm, input.ActionPrefix)),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const { page, NextToken } = paged(found, input.NextToken, input.MaxRecords ?? maxRecords)
  return {
    MetricAlarms: page.filter(({ kind }) => kind === 'metric').map((alarm) => described(alarm, alarmStates)),
    CompositeAlarms: page.filter(({ kind }) => kind === 'composite').map((alarm) => described(alarm, alarmStates)),
    ...(NextToken !== undefined && { NextToken }),
  }
}

const hasAction = ({ actions }: Alarm, prefix: string) =>
  Object.values(actions).some((list) => list.some((action) => action.startsWith(prefix)))

function described(alarm: Alarm, alarmStates: AlarmStates): object {
  const { state, reason, reasonData, sinceMs } = alarmStates.get(alarm.name)
  const { Tags: _, AlarmName: __, ...properties } = alarm.properties
  return {
    ...numbered(properties),
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    ActionsEnabled: alarm.actionsEnabled,
    ...alarm.actions,
    StateValue: state,
    StateReason: reason,
    ...(reasonData !== undefined && { StateReasonData: reasonData }),
    StateUpdatedTimestamp: sinceMs / 1000,
    StateTransitionedTimestamp: sinceMs / 1000,
  }
}

const numeric = new Set(['DatapointsToAlarm', 'EvaluationPeriods', 'Period', 'Threshold'])

/** Templates may have numbers as text. */
const numbered = (properties: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, numeric.has(name) ? Number(value) : value]),
  )

function describeHistory(watch: AlarmWatch, alarmStates: AlarmStates, input: any) {
  const { HistoryItemType: type = 'StateUpdate', AlarmName: name, ScanBy } = input
  const range = { name, fromMs: timeOf(input.StartDate) ?? 0, toMs: timeOf(input.EndDate) ?? Number.MAX_SAFE_INTEGER }
  // Of the history's item types, only state updates occur locally.
  const items = type === 'StateUpdate' ? alarmStates.history(range) : []
  const ordered = ScanBy === 'TimestampAscending' ? items.toReversed() : items
  const { page, NextToken } = paged(ordered, input.NextToken, input.MaxRecords ?? maxRecords)
  return {
    AlarmHistoryItems: page.map((item) => describedItem(watch, item)),
    ...(NextToken !== undefined && { NextToken }),
  }
}

const describedItem = (watch: AlarmWatch, item: HistoryItem) => ({
  AlarmName: item.name,
  AlarmType: watch.get(item.name)?.kind === 'composite' ? 'CompositeAlarm' : 'MetricAlarm',
  Timestamp: item.time_ms / 1000,
  HistoryItemType: 'StateUpdate',
  HistorySummary: item.summary,
  HistoryData: item.data,
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
