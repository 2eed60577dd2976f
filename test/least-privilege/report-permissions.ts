import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stageNames, stageOf } from '#infra/stages.ts'
import { declaredBeyond } from '#test/least-privilege/declared-statements.ts'
import { flows } from '#test/least-privilege/flows.ts'
import { reportOf, type PartReport } from '#test/least-privilege/permission-report.ts'
import { Prover } from '#test/least-privilege/prover.ts'
import { tell } from '#test/least-privilege/statement-part.ts'
import { unprovable } from '#test/least-privilege/unprovable.ts'
import { parseFlags, runScript } from '#scripts/lib/command.ts'
import { synthesise } from '#scripts/lib/synthesize.ts'
import { readTemplates, templatesOf, type Template } from '#scripts/lib/templates.ts'

const help = `
npm run report:permissions [-- --quick] [--out DIR]

Runs everything that the shop does on a local system of its own, takes each statement of each policy away, and each
action, resource and value of a condition of one, and writes down what fails without it.

  --quick     only which flow needs what, without taking anything away
  --out DIR   where permissions.md and permissions.json go (default: .local)
`

await runScript(async () => {
  const flags = parseFlags(
    { quick: { type: 'boolean', default: false }, out: { type: 'string', default: '.local' } },
    help,
  )
  const { directory } = await synthesise('dev')
  const prover = await Prover.start(directory)
  try {
    for (const flow of flows) {
      console.error(`Running: ${flow.name}`)
      await prover.system.runToTheEnd(flow)
    }
    const denied = prover.system.denials.length
    const parts = await judge(prover, flags.quick)
    const { markdown, summary } = reportOf(parts, await beyondProof(readTemplates(directory)))
    mkdirSync(flags.out, { recursive: true })
    writeFileSync(join(flags.out, 'permissions.md'), markdown)
    writeFileSync(join(flags.out, 'permissions.json'), `${JSON.stringify(parts, null, 2)}\n`)
    console.log(`${denied} denials in ${flows.length} flows with the policies as they are.`)
    console.log(`${summary}\nWritten to ${join(flags.out, 'permissions.md')} and permissions.json.`)
    return denied > 0 || parts.some(({ proven, reason }) => proven === false && !reason) ? 1 : 0
  } finally {
    await prover.stop()
  }
})

/** What stages other than the proven one declare besides. */
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
    if (index % 20 === 0) console.error(`Taken away: ${index} of ${prover.parts.length}`)
    const { proven, evidence } = await prover.verdict(part)
    if (!proven) console.error(`Not needed: ${tell(part)} (${evidence})`)
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
  const { policy, number, taken, statement } = part
  const where = { carrier: policy.carrier, policy: policy.policy, statement: number }
  return { ...where, taken, effect: statement.Effect, told: tell(part), ...about }
}
