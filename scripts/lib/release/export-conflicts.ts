import type { Template } from '../templates.ts'

/**
 * The exports that deployed stacks import and that a deployment would remove or change. Stacks are deployed after those
 * that they import from, so that the import still exists when the export is removed: "You can't modify or remove an
 * output value that is referenced by another stack" (CloudFormation User Guide, outputs).
 *
 * @param deployed the deployed templates by the names of their stacks
 * @param wanted the synthesized templates
 * @returns a sentence for each conflict with its fix
 */
export function exportConflicts(
  deployed: ReadonlyMap<string, Template>,
  wanted: ReadonlyMap<string, Template>,
): string[] {
  return [...deployed].flatMap(([stack, before]) => {
    const after = wanted.get(stack)
    if (!after) return []
    const [old, current] = [exportsOf(before), exportsOf(after)]
    return [...old]
      .filter(([name, value]) => current.get(name) !== value)
      .flatMap(([name]) => {
        const importers = [...deployed].filter(([, template]) => imports(template, name)).map(([importer]) => importer)
        const verb = current.has(name) ? 'changes' : 'is removed'
        return importers.length === 0
          ? []
          : [
              `${stack}: the export ${name} ${verb}, while it is in use by the deployed ${importers.join(', ')}. Keep it with exportValue for this deployment.`,
            ]
      })
  })
}

const exportsOf = ({ Outputs = {} }: Template): ReadonlyMap<string, string> =>
  new Map(
    Object.values<any>(Outputs)
      .filter(({ Export }) => Export)
      .map(({ Export, Value }) => [Export.Name, JSON.stringify(Value)]),
  )

const imports = (template: Template, name: string): boolean =>
  JSON.stringify(template).includes(JSON.stringify({ 'Fn::ImportValue': name }))
