import { isTrust } from './fresh-proof.ts'
import { listOf, type StatementPart } from './statement-part.ts'

/** Services that assume roles on AWS and are not emulated. */
const absentServices: Readonly<Record<string, string>> = {
  'codedeploy.amazonaws.com': 'CodeDeploy, which moves the alias of a function at a release, is not emulated',
}

/** @returns why a part cannot be proven locally, for the report; undefined for a part that must be proven */
export function unprovable(part: StatementPart): string | undefined {
  if (!isTrust(part)) return undefined
  const { Service } = (part.statement.Principal ?? {}) as { Service?: string | readonly string[] }
  return listOf(Service)
    .map((service) => absentServices[service])
    .find((reason) => reason !== undefined)
}
