import type { Removed } from './statement-part.ts'

/** The result for one part of a policy. */
export interface PartReport {
  /** ARN of the role or the resource. */
  readonly carrier: string
  readonly policy: string
  /** Counted from 1. */
  readonly statement: number
  readonly effect: 'Allow' | 'Deny'
  readonly removed: Removed
  readonly description: string
  readonly neededBy: readonly string[]
  /** Whether a call failed without it; absent when it was not removed. */
  readonly proven?: boolean
  readonly evidence?: string
  /** Why it cannot be proven locally. */
  readonly reason?: string
}

/**
 * The report as a page, and a summary of its figures.
 * @param beyond by stage, the statements that only its templates declare
 */
export function reportOf(
  parts: readonly PartReport[],
  beyond: Readonly<Record<string, readonly string[]>>,
): { markdown: string; summary: string } {
  const summary = summarise(parts)
  const carriers = [...new Set(parts.map(({ carrier }) => carrier))].toSorted()
  const sections = carriers.map((carrier) =>
    section(
      carrier,
      parts.filter((part) => part.carrier === carrier),
    ),
  )
  const left = parts.filter(({ proven, reason }) => proven === false || reason !== undefined)
  const markdown = [
    '# Permissions',
    summary,
    '## Not proven to be needed',
    left.length === 0
      ? 'None.'
      : left.map((part) => `- ${part.description}: ${part.reason ?? part.evidence}`).join('\n'),
    '## Not covered',
    inNoProof(beyond),
    ...sections,
  ]
  return { markdown: `${markdown.join('\n\n')}\n`, summary }
}

/** The local system runs the templates of dev. */
const inNoProof = (beyond: Readonly<Record<string, readonly string[]>>): string =>
  [
    ...Object.entries(beyond).flatMap(([stage, lines]) => lines.map((line) => `- ${stage}: ${line}`)),
    '- The role of the pipeline, which infra/bootstrap creates: a test compares its actions with the calls of its commands.',
  ].join('\n')

function summarise(parts: readonly PartReport[]): string {
  const statements = parts.filter(({ removed }) => removed.kind === 'statement')
  const roles = new Set(parts.map(({ carrier }) => carrier).filter((carrier) => carrier.includes(':role/')))
  const proven = (of: readonly PartReport[]) => of.filter((part) => part.proven).length
  const pieces = parts.filter(({ removed }) => removed.kind !== 'statement')
  return (
    `${roles.size} roles, ${new Set(parts.map(({ carrier }) => carrier)).size - roles.size} resources with policies. ` +
    `Of ${statements.length} statements ${proven(statements)} are proven, and of ${pieces.length} single actions, ` +
    `resources and values ${proven(pieces)}.`
  )
}

function section(carrier: string, parts: readonly PartReport[]): string {
  const rows = parts.map(
    ({ statement, description, neededBy, evidence, reason }) =>
      `| ${statement} | ${cell(description.split(': ').slice(1).join(': '))} | ${cell(neededBy.join('; '))} | ${cell(reason ?? evidence ?? '')} |`,
  )
  return [`## ${carrier}`, '', '| | Removed part | Needed by | Without it |', '|---|---|---|---|', ...rows].join('\n')
}

const cell = (text: string) => text.replaceAll('|', '\\|')
