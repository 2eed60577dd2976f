import { globSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { sharedFlows } from './shared-flows.ts'
import type { Flow } from './flow.ts'

const root = join(import.meta.dirname, '../..')

/** The modules `services/<service>/test-data/<name>.ts`, by their services. */
export async function modulesOfServices<Module>(name: string): Promise<Map<string, Module>> {
  const files = globSync(`services/*/test-data/${name}.ts`, { cwd: root }).toSorted()
  return new Map(
    await Promise.all(
      files.map(async (file) => [basename(dirname(dirname(file))), await import(join(root, file))] as const),
    ),
  )
}

const modules = await modulesOfServices<{ flows: readonly Flow[] }>('flows')

/** The flows of the installed services that need no other service. */
export const flowsWith = (installed: readonly string[]): Flow[] => [
  ...[...modules]
    .filter(([service]) => installed.includes(service))
    .flatMap(([, module]) => module.flows)
    .filter(({ needs = [] }) => needs.every((service) => installed.includes(service)))
    // Flows that may leave pending work come last.
    .toSorted((a, b) => Number(a.leavesWork ?? false) - Number(b.leavesWork ?? false)),
  ...sharedFlows,
]

/** The flows of all services. Together they use each statement of each policy; a test checks that. */
export const flows: readonly Flow[] = flowsWith([...modules.keys()])
