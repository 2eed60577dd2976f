import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stageNames, stageOf } from '#infra/stages.ts'
import { runCdk } from '../lib/cdk.ts'
import { newCommand, runCommand } from '../lib/command.ts'
import { makeDataFolder } from '../lib/data-version.ts'
import { dataDirectory } from '../lib/deployment.ts'
import { UsageError } from '../lib/errors.ts'
import { preflight } from '../lib/preflight/preflight.ts'
import { isDeployable, reportOf } from '../lib/preflight/verdict.ts'
import { startOrders, type OrderReport } from '../lib/release/orders-during-deployment.ts'
import { checkRelease } from '../lib/release/release-conflicts.ts'
import { stageOption } from '../lib/stage-option.ts'
import { readTemplates } from '../lib/templates.ts'

interface Options {
  readonly stage: string
  readonly assembly?: string
  readonly outputs?: string
  readonly yes?: true
  readonly dryRun?: true
}

const defaultOutputsFile = (stage: string): string => join(dataDirectory(), `outputs-${stage}.json`)

const command = newCommand(
  'npm run deploy --',
  `
Deploys a stage (${stageNames.join(', ')}) into the account of the AWS credentials. Runs the checks of npm run preflight
first, creates nothing if one fails, and passes the checked assembly to cdk deploy --all.

If a stage shifts traffic gradually, synthetic orders are placed during the deployment, so that faults are detected even
with few customers. It can be repeated at any time: unchanged stacks are skipped. Exit code 0: deployed; 1: not
deployed, or requests failed during the deployment; 2: wrong arguments.`,
)
  .addOption(stageOption().makeOptionMandatory())
  .option('--assembly <folder>', 'cloud assembly of that stage (default: synthesizes it into cdk.out)')
  .option('--outputs <file>', `where to write the outputs (default: ${defaultOutputsFile('STAGE')})`)
  .option(
    '--yes',
    'skip all confirmations, including those for stacks that broaden permissions; independent stacks are deployed concurrently',
  )
  .option('--dry-run', 'run the checks, and print the command instead of running it')
  .action(async (options: Options) => {
    process.exitCode = await deploy(options)
  })

async function deploy(options: Options): Promise<number> {
  const stage = stageOf(options.stage)
  if (!options.yes && !options.dryRun && !process.stdin.isTTY)
    throw new UsageError(`Nothing was done: confirmation requires a terminal. Add --yes to deploy ${stage.name}.`)

  const { verdicts, ready } = await preflight(stage, options.assembly)
  console.error(reportOf(stage.name, verdicts))
  if (!ready || !isDeployable(verdicts)) {
    console.error('Nothing was created.')
    return 1
  }
  const conflicts = await checkRelease(readTemplates(ready.assembly), ready.place.region)
  if (conflicts.length > 0) {
    for (const conflict of conflicts) console.error(conflict)
    console.error('Nothing was changed.')
    return 1
  }
  const outputsFile = options.outputs ?? defaultOutputsFile(stage.name)
  const args = cdkArguments({ assembly: ready.assembly, outputsFile, yes: options.yes ?? false })
  if (options.dryRun) {
    console.log(`npx cdk ${args.join(' ')}`)
    return 0
  }
  makeDataFolder(dataDirectory())
  mkdirSync(dirname(outputsFile), { recursive: true })
  const orders = startOrders(stage, ready.deployed)
  let code: number
  let report: OrderReport | undefined
  try {
    code = await runCdk(args, ready.place.region)
  } finally {
    report = await orders?.stop()
  }
  if (report) console.error(report.summary)
  if (code !== 0) return 1
  if (report?.ok === false) {
    console.error(`${stage.name} is deployed, but customer requests failed during the deployment: see the lines above.`)
    return 1
  }
  console.error(`${stage.name} is deployed. Its outputs: ${outputsFile}`)
  return 0
}

/** All stacks with a canary release: deployed one by one, their canary periods would add up. */
const concurrentStacks = 6

/**
 * Arguments that deploy all stacks of an assembly. Without `--yes` the CDK CLI prompts for confirmation
 * before it deploys a stack that broadens permissions, which it supports for one stack at a time only.
 */
function cdkArguments({ assembly, outputsFile, yes }: { assembly: string; outputsFile: string; yes: boolean }) {
  return [
    'deploy',
    '--all',
    '--app',
    assembly,
    '--outputs-file',
    outputsFile,
    '--require-approval',
    yes ? 'never' : 'broadening',
    ...(yes ? ['--concurrency', String(concurrentStacks)] : []),
  ]
}

await runCommand(command)
