import { stageNames } from '#infra/stages.ts'
import { parseFlags, runCheck } from '../lib/command.ts'
import { UsageError } from '../lib/deployment.ts'
import { checkRelease } from '../lib/release/check-release.ts'
import { stageFlag } from '../lib/stage-flag.ts'
import { readTemplates, templatesOf } from '../lib/templates.ts'

const help = `
npm run check:release -- --stage STAGE [--assembly FOLDER]

Tells whether a deployment would change what must not change together: the code of a function and its provisioned
concurrency; in a canary also its role or its table. It compares with what is deployed, and changes nothing.
npm run deploy does the same before it deploys.

  --stage STAGE       ${stageNames.join(', ')}
  --assembly FOLDER   what cdk synth wrote for that stage (default: synthesises it aside)

Credentials and region are found as by every AWS tool. Exit code 0: it may be deployed; 1: it may not; 2: the command
is not right, or what is deployed is not known.
`

await runCheck(async () => {
  const flags = parseFlags({ stage: { type: 'string' }, assembly: { type: 'string' } }, help)
  const stage = stageFlag(flags.stage)
  const wanted = flags.assembly ? readAssembled(flags.assembly) : await templatesOf(stage.name)
  const foreign = [...wanted.keys()].find((name) => !name.startsWith(`${stage.prefix}-`))
  if (foreign) throw new UsageError(`${flags.assembly} holds ${foreign} and not the stacks of ${stage.prefix}.`)
  const conflicts = await checkRelease(wanted)
  for (const conflict of conflicts) console.log(conflict)
  if (conflicts.length === 0) console.log(`Nothing in ${stage.name} changes together that must not.`)
  return conflicts.length === 0 ? 0 : 1
})

function readAssembled(directory: string) {
  try {
    return readTemplates(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new UsageError(`${directory} holds no assembly. Synthesise first: npx cdk synth -c stage=NAME.`)
  }
}
