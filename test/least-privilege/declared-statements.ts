import type { Template } from '#scripts/lib/templates.ts'
import { listOf } from './statement-part.ts'

interface Declared {
  readonly stack: string
  readonly logicalId: string
  readonly type: string
  readonly statement: { readonly Effect?: string; readonly Action: string | readonly string[] }
}

/** Every statement that templates declare, wherever it stands; a permission of Lambda is one. */
export const declaredStatements = (templates: ReadonlyMap<string, Template>): Declared[] =>
  [...templates].flatMap(([stack, { Resources }]) =>
    Object.entries<any>(Resources).flatMap(([logicalId, { Type: type, Properties = {} }]) =>
      statementsIn(type, Properties).map((statement) => ({ stack, logicalId, type, statement })),
    ),
  )

/**
 * What one stage's templates declare and another's do not, by where it stands and what it is about; each stage's names
 * begin with its own prefix.
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
    // A user pool has properties of that name, too.
    ...(type === 'AWS::IAM::Role' ? (properties.Policies ?? []) : []).map(
      ({ PolicyDocument }: { PolicyDocument: unknown }) => PolicyDocument,
    ),
  ]
  return documents.flatMap((document) => listOf(document?.Statement))
}
