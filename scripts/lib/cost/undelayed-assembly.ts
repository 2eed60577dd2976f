import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/**
 * A copy of an assembly whose queues hand out their messages at once: what comes a quarter of an hour after an order
 * is a part of its cost, and nobody waits that long to measure it. Assets stay where they are.
 */
export function undelayedAssembly(assembly: string, copy: string): string {
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  for (const name of readdirSync(assembly)) {
    const from = join(assembly, name)
    if (name.startsWith('asset.')) symlinkSync(resolve(from), join(copy, name))
    else if (name.endsWith('.template.json')) writeFileSync(join(copy, name), withoutDelays(readFileSync(from, 'utf8')))
    else cpSync(from, join(copy, name), { recursive: true })
  }
  return copy
}

function withoutDelays(text: string): string {
  const template = JSON.parse(text)
  for (const { Type, Properties } of Object.values<any>(template.Resources)) {
    if (Type === 'AWS::SQS::Queue') delete Properties.DelaySeconds
  }
  return JSON.stringify(template)
}
