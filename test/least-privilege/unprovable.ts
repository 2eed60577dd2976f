import { isTrust } from './fresh-proof.ts'
import { listOf, type StatementPart } from './statement-part.ts'

/** Services that take on roles on AWS and not on one machine, each with what it would do. */
const absentServices: Readonly<Record<string, string>> = {
  'codedeploy.amazonaws.com': 'CodeDeploy, which moves the alias of a function at a release, is not emulated',
}

/** What no flow on one machine can show to be needed. The report names it. @returns why, or undefined for what must be proven */
export function unprovable(part: StatementPart): string | undefined {
  if (!isTrust(part)) return undefined
  const { Service } = (part.statement.Principal ?? {}) as { Service?: string | readonly string[] }
  return listOf(Service)
    .map((service) => absentServices[service])
    .find((reason) => reason !== undefined)
}
