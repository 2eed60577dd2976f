import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { stageNames } from '#infra/stages.ts'
import { parseFlags, runCheck } from '../lib/command.ts'
import { cdkArguments, deployedOutputsFile } from '../lib/release/cdk-deploy.ts'
import { during, ordersBeside } from '../lib/release/orders-during-deployment.ts'
import { UsageError } from '../lib/deployment.ts'
import { preflight } from './preflight.ts'
import { isDeployable, reportOf } from '../lib/preflight/report.ts'
import { checkRelease } from '../lib/release/check-release.ts'
import { runCdk } from '../lib/cdk.ts'
import { stageFlag } from '../lib/stage-flag.ts'
import { readTemplates } from '../lib/templates.ts'

const help = `
npm run deploy -- --stage STAGE [--assembly FOLDER] [--outputs FILE] [--yes] [--dry-run]

Deploys a stage into the account of the AWS credentials: looks first whether it can (npm run preflight), creates
nothing when it cannot, and hands what it looked at to cdk deploy --all.

  --stage STAGE      ${stageNames.join(', ')}
  --assembly FOLDER  what cdk synth wrote for that stage (default: synthesises it into cdk.out)
  --outputs FILE     where the deployment's outputs go (default: ${deployedOutputsFile('STAGE')})
  --yes              does not ask, not even before a stack that gives more rights than the one in place; stacks that
                     do not need each other are deployed at the same time
  --dry-run          looks, and prints the command instead of running it

Where new versions get their callers step by step, synthetic orders are placed meanwhile, so that a fault shows however
quiet the shop is. It can be repeated at any time: what has not changed is left alone. Exit code 0: deployed; 1: not, or
calls failed meanwhile; 2: the command is not right.
`

await runCheck(async () => {
  const flags = parseFlags(
    {
      stage: { type: 'string' },
      assembly: { type: 'string' },
      outputs: { type: 'string' },
      yes: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
    },
    help,
  )
  const stage = stageFlag(flags.stage)
  if (!flags.yes && !flags['dry-run'] && !process.stdin.isTTY)
    throw new UsageError(`Nothing was done: nobody can be asked here. Add --yes to deploy ${stage.name}.`)

  const { verdicts, ready } = await preflight(stage, flags.assembly)
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
  const deploy = {
    assembly: ready.assembly,
    outputsFile: flags.outputs ?? deployedOutputsFile(stage.name),
    yes: flags.yes,
  }
  if (flags['dry-run']) {
    console.log(`npx cdk ${cdkArguments(deploy).join(' ')}`)
    return 0
  }
  mkdirSync(dirname(deploy.outputsFile), { recursive: true })
  const orders = ordersBeside(stage, ready.standing)
  const { result: code, meanwhile } = await during(orders, () => runCdk(cdkArguments(deploy), ready.place.region))
  if (meanwhile) console.error(meanwhile.summary)
  if (code === 0 && meanwhile?.well === false) {
    console.error(`${stage.name} is deployed, but customers were not served well meanwhile: see the lines above.`)
    return 1
  }
  if (code === 0) console.error(`${stage.name} is deployed. Its outputs: ${deploy.outputsFile}`)
  return code === 0 ? 0 : 1
})
