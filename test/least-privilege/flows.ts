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

/** By installed service: its flows that need no other service than these. */
const flowsByService = (installed: readonly string[]): Flow[][] =>
  [...modules]
    .filter(([service]) => installed.includes(service))
    .map(([, module]) => module.flows.filter(({ needs = [] }) => needs.every((service) => installed.includes(service))))

/** The flows of the installed services, in an order for one after the other: those that may leave pending work come last. */
export const flowsWith = (installed: readonly string[]): Flow[] => [
  ...flowsByService(installed)
    .flat()
    .toSorted((a, b) => Number(a.leavesWork ?? false) - Number(b.leavesWork ?? false)),
  ...sharedFlows,
]

/**
 * The same flows for a system that runs several at a time. The flows of a service use the same products, so they are a
 * group that runs one after the other, `together` with other groups; those that may leave pending work run `alone` afterwards.
 */
export function flowGroups(installed: readonly string[]): { together: Flow[][]; alone: Flow[] } {
  const together = flowsByService(installed).map((flows) => flows.filter(({ leavesWork }) => !leavesWork))
  return { together, alone: flowsWith(installed).filter((flow) => !together.flat().includes(flow)) }
}

/** The flows of all services. Together they use each statement of each policy; a test checks that. */
export const flows: readonly Flow[] = flowsWith([...modules.keys()])
