/** Evaluates the alarms of templates on metrics that a test publishes. */
export { parseAlarmRule } from '../cloudwatch/alarm-evaluation.ts'
export { CloudWatchService } from '../cloudwatch/service.ts'
export { ManualClock } from '../clock.ts'
export { busEvent, type BusEvent } from '../events/event.ts'
export { State } from '../state/state.ts'
