import { join } from 'node:path'
import type { Inventory } from './leftovers.ts'
import { runToEnd } from './processes.ts'
import { resourceKinds } from './resource-kinds.ts'
import type { Target } from './target.ts'

const program = join(import.meta.dirname, 'target/list_resources.py')

/** Lists the target's resources of each kind. @param python an interpreter with botocore */
export async function takeInventory(target: Target, python: string, signal: AbortSignal): Promise<Inventory> {
  const { code, output } = await runToEnd(python, [program], {
    env: target.environment,
    input: JSON.stringify(resourceKinds),
    logFile: join(target.logFile, '../inventory.log'),
    signal,
  })
  if (code !== 0) throw new Error(`The resources could not be listed:\n${output.slice(-2000)}`)
  const names: string[][] = JSON.parse(output)
  return new Map(resourceKinds.map(({ name }, index) => [name, names[index]!]))
}
