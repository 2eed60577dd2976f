import type { Unknown } from './known.ts'

/**
 * What a check says: `good`; `mind`, which does not stop a deployment; `bad`, with which a deployment would fail, or
 * would leave a stage that does not do its work.
 */
export interface Verdict {
  readonly check: string
  readonly state: 'good' | 'mind' | 'bad'
  /** One line. */
  readonly finding: string
  /** What to do about it: a command, a place in the console, the code of a quota. */
  readonly remedy?: string
}

export const good = (check: string, finding: string): Verdict => ({ check, state: 'good', finding })

export const mind = (check: string, finding: string, remedy: string): Verdict => ({
  check,
  state: 'mind',
  finding,
  remedy,
})

export const bad = (check: string, finding: string, remedy: string): Verdict => ({
  check,
  state: 'bad',
  finding,
  remedy,
})

/** A check whose facts AWS did not tell: no reason to refuse a deployment, and none to call it checked. */
export const unchecked = (check: string, { why, remedy }: Unknown): Verdict =>
  mind(check, `could not be checked: ${why}`, remedy)

/** Asks for more of a quota; the console has the same under Service Quotas. */
export const quotaRequest = (service: string, code: string, desired: number): string =>
  `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${desired}`
