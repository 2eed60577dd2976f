import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { S3Client } from '@aws-sdk/client-s3'
import { stageNames, type Stage } from '#infra/stages.ts'
import { parseFlags, runScript } from '../lib/command.ts'
import { confirm, processTerminal } from '../lib/confirm.ts'
import { UsageError } from '../lib/deployment.ts'
import { readFatedResources } from '../lib/destroy/deployed-resources.ts'
import { emptyBucket } from '../lib/destroy/empty-bucket.ts'
import { fatesOf, namesOf, planOf, type FatedResource } from '../lib/destroy/deletion-plan.ts'
import { readAssembly } from '../lib/preflight/assembly.ts'
import { checkIdentity, readIdentity, type Place } from '../lib/preflight/identity.ts'
import { all } from '../lib/preflight/known.ts'
import { isOwn, readStacks } from '../lib/preflight/stacks.ts'
import { runCdk } from '../lib/cdk.ts'
import { stageFlag } from '../lib/stage-flag.ts'
import { synthesise } from '../lib/synthesize.ts'

const help = `
npm run destroy -- --stage STAGE [--yes]

Deletes a stage from the account of the AWS credentials. It says first what goes and what the stage's record keeps,
and asks; then it empties the buckets that go, which CloudFormation cannot delete otherwise, and runs cdk destroy.
Repeatable: a second run goes on with what is left.

  --stage STAGE   ${stageNames.join(', ')}
  --yes           do not ask
`

await runScript(async () => {
  const flags = parseFlags({ stage: { type: 'string' }, yes: { type: 'boolean', default: false } }, help)
  return destroy(stageFlag(flags.stage), flags.yes)
})

async function destroy(stage: Stage, yes: boolean): Promise<number> {
  const place = await placeOf()
  const client = new CloudFormationClient({ region: place.region })
  const where = `account ${place.account}, region ${place.region}`
  const stacks = await ownStacks(client, stage)
  if (stacks.length === 0) {
    console.log(`Nothing of ${stage.prefix} stands in ${where}.`)
    return 0
  }
  const fates = fatesOf(await resourcesOf(client, stacks))
  const options = { yes, terminal: processTerminal, signal: new AbortController().signal }
  if (!(await confirm(stage.prefix, planOf(where, stacks, fates), options))) return 1

  // Before anything goes: it may fail.
  const { directory } = await synthesise(stage.name)
  const defined = readAssembly(directory, stage.prefix).stacks.map(({ name }) => name)
  const s3 = new S3Client({ region: place.region })
  for (const bucket of fates.buckets) console.error(`${bucket}: ${await emptyBucket(s3, bucket)} objects deleted`)
  const code = await deleteStacks(
    stacks.filter((name) => defined.includes(name)),
    directory,
    place.region,
  )
  const left = await ownStacks(client, stage)
  const undefinedHere = left.filter((name) => !defined.includes(name))
  for (const name of undefinedHere) console.error(tellOfUndefined(name, place.region))
  if (code !== 0) throw new UsageError(`cdk destroy ended with ${code}; the lines above say why. Run this again after.`)
  if (undefinedHere.length > 0) return 1
  if (left.length > 0) throw new UsageError(`These stacks are still there: ${left.join(', ')}. Run this again.`)
  console.log(`${stage.prefix} is gone from ${where}.`)
  if (fates.kept.length > 0) console.log(['Kept:', ...namesOf(fates.kept)].join('\n'))
  return 0
}

/** @throws UsageError saying what to do when it is not known where */
async function placeOf(): Promise<Place> {
  const identity = await readIdentity()
  if (identity.kind === 'known') return identity
  const { finding, remedy } = checkIdentity(identity)
  throw new UsageError(`Nothing was deleted: ${finding}. ${remedy}`)
}

/** By their names: with --all the command line would also delete stacks of the same names that are somebody else's. */
async function deleteStacks(names: readonly string[], assembly: string, region: string): Promise<number> {
  if (names.length === 0) return 0
  return runCdk(['destroy', ...names, '--exclusively', '--force', '--no-notices', '--app', assembly], region)
}

/** cdk destroy knows nothing of a stack that the checkout defined once. */
function tellOfUndefined(name: string, region: string): string {
  const command = `aws cloudformation delete-stack --stack-name ${name} --region ${region}`
  return `${name} is still there, and no stack of this checkout. Delete it: ${command}`
}

/** @throws UsageError when CloudFormation does not tell what they hold */
async function resourcesOf(client: CloudFormationClient, stacks: readonly string[]): Promise<FatedResource[]> {
  const found = all(await Promise.all(stacks.map((name) => readFatedResources(client, name))))
  if (!found.known) throw new UsageError(`What the stacks hold is not known: ${found.why}. ${found.remedy}`)
  return found.value.flat()
}

/** Stacks of the same name that this app did not make are left alone. */
async function ownStacks(client: CloudFormationClient, stage: Stage): Promise<string[]> {
  const stacks = await readStacks(client)
  if (!stacks.known) throw new UsageError(`The stacks cannot be listed: ${stacks.why}. ${stacks.remedy}`)
  return stacks.value
    .filter(({ name, status }) => name.startsWith(`${stage.prefix}-`) && status !== 'DELETE_COMPLETE')
    .filter((stack) => isOwn(stack, stage.name))
    .map(({ name }) => name)
}
