import { join } from 'node:path'
import { runToEnd } from './processes.ts'
import { resourceKinds } from './resource-kinds.ts'
import type { Target } from './target.ts'

const program = join(import.meta.dirname, 'target/list_resources.py')

/** Lists the target's resources of each kind, as `kind name`. @param python an interpreter with botocore */
export async function takeInventory(target: Target, python: string, signal: AbortSignal): Promise<string[]> {
  const { code, output } = await runToEnd(python, [program], {
    env: target.environment,
    input: JSON.stringify(resourceKinds),
    logFile: join(target.logFile, '../inventory.log'),
    signal,
  })
  if (code !== 0) throw new Error(`The resources could not be listed:\n${output.slice(-2000)}`)
  const names: string[][] = JSON.parse(output)
  return resourceKinds.flatMap((kind, index) => names[index]!.map((name) => `${kind.name} ${name}`))
}
