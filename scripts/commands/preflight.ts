import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stageNames, type Stage } from '#infra/stages.ts'
import { parseFlags, runCheck } from '../lib/command.ts'
import { readUnits } from '../lib/cost/units.ts'
import { readAssembly } from '../lib/preflight/assembly.ts'
import { capacityReport } from '../lib/preflight/capacity-report.ts'
import { examine, type Outputs } from '../lib/preflight/examine.ts'
import { checkIdentity, readIdentity, type Place } from '../lib/preflight/identity.ts'
import { isDeployable, reportOf } from '../lib/preflight/report.ts'
import { checkTools, npmVersionOf } from '../lib/preflight/tools.ts'
import type { Verdict } from '../lib/preflight/verdict.ts'
import { stageFlag } from '../lib/stage-flag.ts'
import { synthesise } from '../lib/synthesize.ts'

const help = `
npm run preflight -- --stage STAGE [--assembly FOLDER] [--json]
npm run preflight -- --stage STAGE --capacity

Tells whether a stage can be deployed into the account of the AWS credentials, and what to do where it cannot: CDK
bootstrap, names that are taken, mail, quotas. It asks, and changes nothing.

  --stage STAGE       ${stageNames.join(', ')}
  --assembly FOLDER   what cdk synth wrote for that stage (default: synthesises it into cdk.out)
  --json              the verdicts as JSON
  --capacity          works out what the stage needs at its expected peak, and asks AWS nothing

Credentials, region and endpoints are found as by every AWS tool: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, …
Exit code 0: it can be deployed; 1: it cannot; 2: the command is not right.
`

export interface Preflight {
  readonly verdicts: readonly Verdict[]
  /** Where the stage would go, and of what; none when that is not known, which a verdict says. */
  readonly ready:
    { readonly place: Place; readonly assembly: string; readonly standing: Outputs | undefined } | undefined
}

/** @throws UsageError when the assembly is not the stage's, or cannot be made */
export async function preflight(stage: Stage, assemblyFolder?: string): Promise<Preflight> {
  const tools = checkTools({
    node: process.versions.node,
    pinnedNode: pinnedNode(),
    npm: npmVersionOf(process.env['npm_config_user_agent']),
  })
  const identity = await readIdentity()
  const before = [tools, checkIdentity(identity)]
  if (identity.kind !== 'known') return { verdicts: before, ready: undefined }
  const assembly = assemblyFolder ?? (await synthesise(stage.name)).directory
  const { verdicts, standing } = await examine(stage, readAssembly(assembly, stage.prefix), identity)
  return { verdicts: [...before, ...verdicts], ready: { place: identity, assembly, standing } }
}

function pinnedNode(): string {
  const { devDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
  return devDependencies.node
}

async function main(): Promise<number> {
  const flags = parseFlags(
    {
      stage: { type: 'string' },
      assembly: { type: 'string' },
      capacity: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
    help,
  )
  const stage = stageFlag(flags.stage)
  if (flags.capacity) {
    console.log(capacityReport(stage, readUnits()))
    return 0
  }
  const { verdicts } = await preflight(stage, flags.assembly)
  const deployable = isDeployable(verdicts)
  console.log(
    flags.json
      ? JSON.stringify({ stage: stage.name, deployable, checks: verdicts }, undefined, 2)
      : reportOf(stage.name, verdicts),
  )
  return deployable ? 0 : 1
}

if (import.meta.main) await runCheck(main)
