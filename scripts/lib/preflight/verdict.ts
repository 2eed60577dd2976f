import type { Unknown } from '../aws-errors.ts'
import { counted } from '../ops/text.ts'

/**
 * The result of a check: `warning` does not stop a deployment; with `failed` a deployment would fail, or would leave a
 * stage that does not work.
 */
export interface Verdict {
  readonly check: string
  readonly state: 'ok' | 'warning' | 'failed'
  /** One line. */
  readonly finding: string
  /** How to fix it: a command, a page of the console, the code of a quota. */
  readonly remedy?: string
}

export const ok = (check: string, finding: string): Verdict => ({ check, state: 'ok', finding })

export const warning = (check: string, finding: string, remedy: string): Verdict => ({
  check,
  state: 'warning',
  finding,
  remedy,
})

export const failed = (check: string, finding: string, remedy: string): Verdict => ({
  check,
  state: 'failed',
  finding,
  remedy,
})

/** `ok` if the check holds, otherwise a warning with the same finding. */
export const okIf = (holds: boolean, check: string, finding: string, remedy: string): Verdict =>
  holds ? ok(check, finding) : warning(check, finding, remedy)

/** A check whose request failed: it neither passes nor stops a deployment. */
export const unchecked = (check: string, { why, remedy }: Unknown): Verdict =>
  warning(check, `could not be checked: ${why}`, remedy)

/** The command that requests an increase of a quota; the console has the same under Service Quotas. */
export const quotaRequest = (service: string, code: string, desired: number): string =>
  `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${desired}`

const signs = { ok: '✓', warning: '!', failed: '✗' } as const

export const reportOf = (stage: string, verdicts: readonly Verdict[]): string =>
  [...reportLines(verdicts), '', conclusion(stage, verdicts)].join('\n')

/** A line for each check, followed by its remedy if there is one. */
export function reportLines(verdicts: readonly Verdict[]): string[] {
  const width = Math.max(...verdicts.map(({ check }) => check.length))
  return verdicts.flatMap(({ check, state, finding, remedy }) => [
    `${signs[state]} ${check.padEnd(width)}  ${finding}`,
    ...(remedy ? [`  ${' '.repeat(width)}  → ${remedy}`] : []),
  ])
}

function conclusion(stage: string, verdicts: readonly Verdict[]): string {
  const count = (state: Verdict['state']) => verdicts.filter((verdict) => verdict.state === state).length
  const warnings = `${counted(count('warning'), 'warning')} (!)`
  if (!isDeployable(verdicts)) return `${stage} cannot be deployed: ${count('failed')} failed (✗), ${warnings}.`
  return `${stage} can be deployed${count('warning') > 0 ? `; ${warnings}` : ''}.`
}

export const isDeployable = (verdicts: readonly Verdict[]): boolean => verdicts.every(({ state }) => state !== 'failed')
