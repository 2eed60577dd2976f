import type { Verdict } from './verdict.ts'

const signs = { good: '✓', mind: '!', bad: '✗' } as const

export const reportOf = (stage: string, verdicts: readonly Verdict[]): string =>
  [...reportLines(verdicts), '', conclusion(stage, verdicts)].join('\n')

/** A line for each check, and below it what to do. */
export function reportLines(verdicts: readonly Verdict[]): string[] {
  const width = Math.max(...verdicts.map(({ check }) => check.length))
  return verdicts.flatMap(({ check, state, finding, remedy }) => [
    `${signs[state]} ${check.padEnd(width)}  ${finding}`,
    ...(remedy ? [`  ${' '.repeat(width)}  → ${remedy}`] : []),
  ])
}

function conclusion(stage: string, verdicts: readonly Verdict[]): string {
  const count = (state: Verdict['state']) => verdicts.filter((verdict) => verdict.state === state).length
  if (count('bad') > 0) return `${stage} cannot be deployed: ${count('bad')} to mend (✗), ${count('mind')} to mind (!).`
  return `${stage} can be deployed${count('mind') > 0 ? `; ${count('mind')} to mind (!)` : ''}.`
}

export const isDeployable = (verdicts: readonly Verdict[]): boolean => verdicts.every(({ state }) => state !== 'bad')
