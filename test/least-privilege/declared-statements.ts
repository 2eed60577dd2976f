import type { Template } from '#scripts/lib/templates.ts'
import { listOf } from './statement-part.ts'

interface Declared {
  readonly stack: string
  readonly logicalId: string
  readonly type: string
  readonly statement: { readonly Effect?: string; readonly Action: string | readonly string[] }
}

/** Every statement that templates declare in any resource, including Lambda permissions. */
export const declaredStatements = (templates: ReadonlyMap<string, Template>): Declared[] =>
  [...templates].flatMap(([stack, { Resources }]) =>
    Object.entries<any>(Resources).flatMap(([logicalId, { Type: type, Properties = {} }]) =>
      statementsIn(type, Properties).map((statement) => ({ stack, logicalId, type, statement })),
    ),
  )

/**
 * The statements that one stage's templates declare and another's do not, compared by location and content without the
 * stage prefix of names.
 */
export function declaredBeyond(
  proven: { readonly prefix: string; readonly templates: ReadonlyMap<string, Template> },
  other: { readonly prefix: string; readonly templates: ReadonlyMap<string, Template> },
): string[] {
  const describeAll = ({ prefix, templates }: typeof proven) =>
    declaredStatements(templates).map(({ stack, logicalId, type, statement }) => {
      const actions = listOf(statement.Action).join(', ')
      return `${stack.slice(prefix.length + 1)}/${logicalId} (${type}): ${statement.Effect ?? 'Allow'} ${actions}`
    })
  const known = new Set(describeAll(proven))
  return describeAll(other).filter((line) => !known.has(line))
}

function statementsIn(type: string, properties: any): Declared['statement'][] {
  if (type === 'AWS::Lambda::Permission') return [properties]
  const documents = [
    properties.PolicyDocument,
    properties.AssumeRolePolicyDocument,
    // A user pool also has properties of that name.
    ...(type === 'AWS::IAM::Role' ? (properties.Policies ?? []) : []).map(
      ({ PolicyDocument }: { PolicyDocument: unknown }) => PolicyDocument,
    ),
  ]
  return documents.flatMap((document) => listOf(document?.Statement))
}
