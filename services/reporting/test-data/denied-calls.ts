import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { batchGet, onItem, update } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  update('reporting-make-daily-report', 'ORDER#', 'status', 'a report changes no order'),
  batchGet('reporting-make-daily-report', ['USER#'], 'a report has no personal data'),
  onItem('reporting-record-refunds', 'GetItem', 'ORDER#', 'the event has all that is recorded of a refund'),
  update('reporting-admin-list-reports', 'REPORT#', 'revenue', 'a list changes no report'),
]
