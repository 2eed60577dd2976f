import { arn, type ResourceProvider } from '../assembly/provider.ts'
import { nextTimeMs } from './due-times.ts'
import type { Schedule, ScheduleTarget } from './schedule.ts'

const targetMembers = new Set(['Arn', 'RoleArn', 'Input', 'DeadLetterConfig', 'RetryPolicy'])

/** @param context.canAssume whether the role's trust policy lets Scheduler assume it */
export function scheduleProvider(context: {
  canAssume: (roleArn: string) => boolean
  put: (schedule: Schedule) => void
}): ResourceProvider {
  return {
    type: 'AWS::Scheduler::Schedule',
    supported: ['Name', 'FlexibleTimeWindow', 'ScheduleExpression', 'ScheduleExpressionTimezone', 'State', 'Target'],
    ignored: { Description: 'has no effect on behavior' },
    create({ properties, generatedName, logicalId }) {
      const name = String(properties['Name'] ?? generatedName)
      const { ScheduleExpression: expression, ScheduleExpressionTimezone: timezone, FlexibleTimeWindow } = properties
      const fail = (problem: string): never => {
        throw new Error(`${logicalId} ${problem}.`)
      }
      if (FlexibleTimeWindow?.Mode !== 'OFF') fail('has a flexible time window; only the mode OFF is emulated')
      nextTimeMs(expression, 0, timezone)
      const target = readTarget(properties['Target'] ?? {}, fail)
      if (!context.canAssume(target.RoleArn)) {
        fail(`has the role ${target.RoleArn}, which does not exist or cannot be assumed by EventBridge Scheduler`)
      }
      const schedule: Schedule = {
        name,
        arn: arn('scheduler', `schedule/default/${name}`),
        expression,
        timezone,
        enabled: properties['State'] !== 'DISABLED',
        target,
      }
      context.put(schedule)
      return { ref: name, attributes: { Arn: schedule.arn } }
    },
  }
}

function readTarget(target: Record<string, any>, fail: (problem: string) => never): ScheduleTarget {
  const member = Object.keys(target).find((each) => !targetMembers.has(each))
  if (member !== undefined) fail(`sets Target.${member}, which is not emulated`)
  const { Arn, RoleArn, Input, DeadLetterConfig, RetryPolicy = {} } = target
  if (!/^arn:aws:lambda:[^:]*:\d*:function:/.test(Arn ?? '')) fail(`has the target ${Arn}; only functions are emulated`)
  try {
    if (Input !== undefined) JSON.parse(Input)
  } catch {
    fail(`has an Input that is not JSON: ${Input}`)
  }
  // Templates may contain numbers as strings.
  const numbers = Object.entries(RetryPolicy).map(([name, value]) => [name, Number(value)])
  return { Arn, RoleArn, Input, DeadLetterConfig, RetryPolicy: Object.fromEntries(numbers) }
}
