import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { stageOf } from '#infra/stages.ts'
import { newCommand, runCommand } from '../lib/command.ts'
import { awsFailure } from '../lib/aws-errors.ts'
import { CommandError, UsageError } from '../lib/errors.ts'
import { checkRelease } from '../lib/release/release-conflicts.ts'
import { stageOption } from '../lib/stage-option.ts'
import { readAssembly, templatesOf } from '../lib/templates.ts'

interface Options {
  readonly stage: string
  readonly assembly?: string
}

const command = newCommand(
  'npm run check:release --',
  `
Checks whether a deployment would combine changes that must be deployed separately: the code of a function and its
provisioned concurrency; in a canary release also its role or its table; two indexes of a table. It also finds changes of
a table or a user pool that would replace it or be rejected, exports that deployed stacks still import, and routes that are
removed too early or renamed. It compares the assembly with the deployed templates and changes nothing. npm run deploy
runs the same check before it deploys.

Credentials and region come from the standard AWS sources. Exit code 0: no conflict; 1: a conflict; 2: wrong arguments,
or the deployed templates could not be read.`,
)
  .addOption(stageOption().makeOptionMandatory())
  .option('--assembly <folder>', 'cloud assembly of that stage (default: synthesizes it into a separate folder)')
  .action(async (options: Options) => {
    try {
      await check(options)
    } catch (error) {
      // Exit code 1 is reserved for conflicts.
      const failure = error instanceof CommandError ? error : awsFailure(error)
      throw failure ? new UsageError(failure.message) : error
    }
  })

async function check({ stage: name, assembly }: Options): Promise<void> {
  const stage = stageOf(name)
  // A missing region is reported before the synthesis, which takes some seconds.
  await new CloudFormationClient().config.region()
  const wanted = assembly ? readAssembly(assembly, stage.prefix).templates : await templatesOf(stage.name)
  const conflicts = await checkRelease(wanted)
  for (const conflict of conflicts) console.log(conflict)
  if (conflicts.length === 0) console.log(`No conflicting changes in ${stage.name}.`)
  else process.exitCode = 1
}

await runCommand(command)
