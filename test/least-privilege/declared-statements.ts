import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listOf } from './statement-part.ts'

interface Declared {
  readonly stack: string
  readonly logicalId: string
  readonly type: string
  readonly statement: unknown
}

/** Every statement that the templates of an assembly declare, wherever it stands; a permission of Lambda is one. */
export const declaredStatements = (assembly: string): Declared[] =>
  globSync('*.template.json', { cwd: assembly }).flatMap((file) => {
    const { Resources } = JSON.parse(readFileSync(join(assembly, file), 'utf8'))
    return Object.entries<any>(Resources).flatMap(([logicalId, { Type: type, Properties = {} }]) =>
      statementsIn(type, Properties).map((statement) => ({ stack: file, logicalId, type, statement })),
    )
  })

function statementsIn(type: string, properties: any): unknown[] {
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
