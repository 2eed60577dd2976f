import { stageNames, stageOf } from '#infra/stages.ts'
import { newCommand, runCommand } from '../lib/command.ts'
import { readUnits } from '../lib/cost/units.ts'
import { capacityReport } from '../lib/preflight/capacity-report.ts'
import { preflight } from '../lib/preflight/preflight.ts'
import { isDeployable, reportOf } from '../lib/preflight/verdict.ts'
import { stageOption } from '../lib/stage-option.ts'

interface Options {
  readonly stage: string
  readonly assembly?: string
  readonly capacity?: true
  readonly json?: true
}

const command = newCommand(
  'npm run preflight --',
  `
Checks whether a stage (${stageNames.join(', ')}) can be deployed into the account of the AWS credentials, and prints how to
fix each problem: CDK bootstrap, name collisions, email, quotas. It changes nothing.

Credentials, region and endpoints come from the standard AWS sources: AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, …
Exit code 0: it can be deployed; 1: it cannot; 2: wrong arguments.`,
)
  .addOption(stageOption().makeOptionMandatory())
  .option('--assembly <folder>', 'cloud assembly of that stage (default: synthesizes it into cdk.out)')
  .option('--json', 'print the results as JSON (npm run --silent omits the output of npm)')
  .option('--capacity', 'print what the stage needs at its expected peak, without calling AWS')
  .action(async (options: Options) => {
    const stage = stageOf(options.stage)
    if (options.capacity) {
      console.log(capacityReport(stage, readUnits()))
      return
    }
    const { verdicts } = await preflight(stage, options.assembly)
    const deployable = isDeployable(verdicts)
    console.log(
      options.json
        ? JSON.stringify({ stage: stage.name, deployable, checks: verdicts }, undefined, 2)
        : reportOf(stage.name, verdicts),
    )
    if (!deployable) process.exitCode = 1
  })

await runCommand(command)
