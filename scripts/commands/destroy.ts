import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { S3Client } from '@aws-sdk/client-s3'
import { stageOf, type Stage } from '#infra/stages.ts'
import { runCdk, synthesize } from '../lib/cdk.ts'
import { newCommand, runCommand } from '../lib/command.ts'
import { confirmPlan } from '../lib/confirm.ts'
import {
  deletionPlan,
  disableTerminationProtection,
  emptyBucket,
  linesOf,
  planLines,
  readPlannedResources,
} from '../lib/deletion-plan.ts'
import { CommandError } from '../lib/errors.ts'
import { readIdentity, type Place } from '../lib/preflight/identity.ts'
import { readStacks, stacksOf, type DeployedStack } from '../lib/preflight/stacks.ts'
import { stageOption } from '../lib/stage-option.ts'
import { readAssembly } from '../lib/templates.ts'

const command = newCommand(
  'npm run destroy --',
  `
Deletes a stage from the account of the AWS credentials. Prints the deleted resources and those that the stage is
configured to retain, and prompts for confirmation; then disables the termination protection of its stacks, empties the
deleted buckets, which CloudFormation requires, and runs cdk destroy.
It can be repeated: a second run continues with the remaining resources.`,
)
  .addOption(stageOption().makeOptionMandatory())
  .option('--yes', 'skip the confirmation')
  .action(async ({ stage, yes }: { stage: string; yes?: true }) => {
    process.exitCode = await destroy(stageOf(stage), yes ?? false)
  })

async function destroy(stage: Stage, yes: boolean): Promise<number> {
  const { account, region } = await readPlace()
  const client = new CloudFormationClient({ region })
  const where = `account ${account}, region ${region}`
  const stacks = await ownStacks(client, stage)
  if (stacks.length === 0) {
    console.log(`There are no stacks of ${stage.prefix} in ${where}.`)
    return 0
  }
  const resources = await readPlannedResources(
    client,
    stacks.map(({ name }) => name),
  )
  if (!resources.known)
    throw new CommandError(`The resources of the stacks cannot be read: ${resources.why}. ${resources.remedy}`)
  const plan = deletionPlan(resources.value, stage.restoredTable)
  if (!(await confirmPlan({ place: stage.prefix, plan: planLines(where, stacks, plan), yes }))) return 1

  // Before the first deletion, since it may fail.
  const assembly = await synthesize(stage.name)
  const defined = [...readAssembly(assembly, stage.prefix).templates.keys()]
  const s3 = new S3Client({ region })
  // Before an object is deleted, since it may be denied.
  await disableTerminationProtection(client, stacks)
  for (const bucket of plan.buckets) console.error(`${bucket}: ${await emptyBucket(s3, bucket)} objects deleted`)
  const code = await deleteStacks(
    stacks.map(({ name }) => name).filter((name) => defined.includes(name)),
    assembly,
    region,
  )
  const left = (await ownStacks(client, stage)).map(({ name }) => name)
  const undefinedHere = left.filter((name) => !defined.includes(name))
  for (const name of undefinedHere) console.error(undefinedStackLine(name, region))
  if (code !== 0)
    throw new CommandError(
      `cdk destroy exited with code ${code}; see the lines above, fix the cause and run this command again.`,
    )
  if (undefinedHere.length > 0) return 1
  if (left.length > 0) throw new CommandError(`These stacks still exist: ${left.join(', ')}. Run this command again.`)
  console.log(`${stage.prefix} is deleted from ${where}.`)
  if (plan.retained.length > 0) console.log(['Retained:', ...linesOf(plan.retained)].join('\n'))
  return 0
}

/** @throws CommandError when the account or region cannot be determined */
async function readPlace(): Promise<Place> {
  const identity = await readIdentity()
  if (identity.known) return identity.value
  throw new CommandError(`Nothing was deleted: ${identity.why}. ${identity.remedy}`)
}

/** By name: with --all the CDK CLI would also delete stacks of the same names that belong to another app. */
async function deleteStacks(names: readonly string[], assembly: string, region: string): Promise<number> {
  if (names.length === 0) return 0
  return runCdk(['destroy', ...names, '--exclusively', '--force', '--app', assembly], region)
}

/** cdk destroy ignores a stack that only an earlier checkout defines. */
function undefinedStackLine(name: string, region: string): string {
  const deletion = `aws cloudformation delete-stack --stack-name ${name} --region ${region}`
  return `${name} still exists, and this checkout does not define it. Delete it: ${deletion}`
}

/** Stacks of the same name that another app created are not deleted. */
async function ownStacks(client: CloudFormationClient, stage: Stage): Promise<DeployedStack[]> {
  const stacks = await readStacks(client)
  if (!stacks.known) throw new CommandError(`The stacks cannot be listed: ${stacks.why}. ${stacks.remedy}`)
  return stacksOf(stacks.value, stage)
}

await runCommand(command)
