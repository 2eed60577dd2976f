import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stageNames, stageOf } from '#infra/stages.ts'
import { declaredBeyond } from './declared-statements.ts'
import { flows } from './flows.ts'
import { reportOf, type PartReport } from './permission-report.ts'
import { Prover } from './prover.ts'
import { describePart } from './statement-part.ts'
import { unprovable } from './unprovable.ts'
import { newCommand, runCommand } from '#scripts/lib/command.ts'
import { synthesize } from '#scripts/lib/cdk.ts'
import { readTemplates, templatesOf, type Template } from '#scripts/lib/templates.ts'

const command = newCommand(
  'npm run report:permissions --',
  `
Runs all flows on a separate local system, removes each statement of each policy, and each action, resource and condition
value of a statement, and reports what fails without it.`,
)
  .option('--quick', 'only report which flow needs which permission, without removing any')
  .option('--out <folder>', 'folder of permissions.md and permissions.json', '.local')
  .action(async ({ quick = false, out }: { quick?: boolean; out: string }) => {
    const directory = await synthesize('dev')
    const prover = await Prover.start(directory)
    try {
      for (const flow of flows) {
        console.error(`Running: ${flow.name}`)
        await prover.system.runToTheEnd(flow)
      }
      const denied = prover.system.denials.length
      const parts = await judge(prover, quick)
      const { markdown, summary } = reportOf(parts, await beyondProof(readTemplates(directory)))
      mkdirSync(out, { recursive: true })
      writeFileSync(join(out, 'permissions.md'), markdown)
      writeFileSync(join(out, 'permissions.json'), `${JSON.stringify(parts, null, 2)}\n`)
      console.log(`${denied} denials in ${flows.length} flows with the policies unchanged.`)
      console.log(`${summary}\nWritten to ${join(out, 'permissions.md')} and permissions.json.`)
      if (denied > 0 || parts.some(({ proven, reason }) => proven === false && !reason)) process.exitCode = 1
    } finally {
      await prover.stop()
    }
  })

/** Additional statements of stages other than the proven stage. */
async function beyondProof(proven: ReadonlyMap<string, Template>): Promise<Record<string, string[]>> {
  const dev = { prefix: stageOf('dev').prefix, templates: proven }
  const others = stageNames.filter((name) => name !== 'dev')
  const beyond = others.map(async (name) => {
    const { prefix } = stageOf(name)
    return [name, declaredBeyond(dev, { prefix, templates: await templatesOf(name) })] as const
  })
  return Object.fromEntries(await Promise.all(beyond))
}

async function judge(prover: Prover, quick: boolean): Promise<PartReport[]> {
  const reports: PartReport[] = []
  for (const [index, part] of prover.parts.entries()) {
    const reason = unprovable(part)
    const about = { part, neededBy: prover.neededBy(part), ...(reason ? { reason } : {}) }
    if (quick || reason) {
      reports.push(describe(about))
      continue
    }
    if (index % 20 === 0) console.error(`Removed: ${index} of ${prover.parts.length}`)
    const { proven, evidence } = await prover.verdict(part)
    if (!proven) console.error(`Not needed: ${describePart(part)} (${evidence})`)
    reports.push({ ...describe(about), proven, evidence })
  }
  return reports
}

function describe({
  part,
  ...about
}: {
  part: Prover['parts'][number]
  neededBy: string[]
  reason?: string
}): PartReport {
  const { policy, number, removed, statement } = part
  const where = { carrier: policy.carrier, policy: policy.policy, statement: number }
  return { ...where, removed, effect: statement.Effect, description: describePart(part), ...about }
}

await runCommand(command)
