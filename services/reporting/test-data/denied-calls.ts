import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { batchGet, update } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  update('reporting-make-daily-report', 'ORDER#', 'status', 'a report changes no order'),
  batchGet('reporting-make-daily-report', ['USER#'], 'a report has no personal data'),
  update('reporting-admin-list-reports', 'REPORT#', 'revenue', 'a list changes no report'),
]
