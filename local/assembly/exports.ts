import type { TemplateOutput } from './template.ts'

/** The name under which an output is exported, when it is plain text (CDK writes no other). */
export function exportedName(output: TemplateOutput): string | undefined {
  return typeof output.Export?.Name === 'string' ? output.Export.Name : undefined
}

/** Every plain name in an Fn::ImportValue anywhere inside. */
export function* importedNames(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'Fn::ImportValue' && typeof inner === 'string') yield inner
    else yield* importedNames(inner)
  }
}
