import { mkdtempSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import { DeploymentTest, type Setting } from '#test/deploy/deployment-test.ts'
import { adaptations, exclusions, reservations } from '#test/deploy/exclusions.ts'
import { Phases } from '#test/deploy/phases.ts'
import { pythonWithPackages } from '#test/deploy/python.ts'
import { startTarget } from '#test/deploy/target.ts'
import { parseFlags, runScript } from '#scripts/lib/command.ts'
import { UsageError } from '#scripts/lib/deployment.ts'

const help = `
npm run test:deploy -- [--stage STAGE] [--keep]

Deploys with the real CDK command line to MiniStack, an AWS on this machine that is not ours: bootstrap, deploy, the
end-to-end suite, a second deploy that must change nothing, an update of one function, destroy, and a look at what is
left. Then the stage prod: deploy, destroy, and a look at what it keeps. Needs Python 3.10 or newer; what it needs
besides is installed once, in a virtual environment below .local/.

  --stage STAGE   dev or prod alone
  --keep          destroys nothing: leaves MiniStack running with the shop, and tells how to look inside
`

const root = join(import.meta.dirname, '../..')
const workDirectory = join(root, '.local/deploy')

await runScript(async () => {
  const flags = parseFlags({ stage: { type: 'string' }, keep: { type: 'boolean', default: false } }, help)
  if (flags.stage !== undefined && !['dev', 'prod'].includes(flags.stage)) {
    throw new UsageError(`--stage takes dev or prod, not ${flags.stage}.`)
  }
  const ending = new AbortController()
  const interrupt = () => ending.abort()
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
  try {
    return await testDeployment(flags.stage, flags.keep, ending.signal)
  } catch (error) {
    if (!ending.signal.aborted) throw error
    console.error('\nStopped; MiniStack and all that it ran are ended.')
    return 130
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
  }
})

async function testDeployment(only: string | undefined, keep: boolean, signal: AbortSignal): Promise<number> {
  const python = await pythonWithPackages(workDirectory, signal)
  tellWhatIsNotProven()
  const directory = mkdtempSync(join(workDirectory, 'run-'))
  const target = await startTarget(python, directory, { signal, outlives: keep })
  const setting = { target, python, directory, signal }
  const phases = new Phases()
  try {
    for (const stage of only === undefined && !keep ? ['dev', 'prod'] : [only ?? 'dev']) {
      if (phases.failed === 0) await testStage(new DeploymentTest(setting, stage, phases), stage === 'dev', keep)
    }
  } finally {
    if (!keep || signal.aborted) clearAway(setting, phases.failed === 0 || signal.aborted)
  }
  if (keep) tellHowToLook(setting)
  else if (phases.failed > 0) console.log(`What all programs printed is in ${relative(process.cwd(), directory)}`)
  console.log(`\nRead with this: ${reservations}.\n${phases.passed} passed, ${phases.failed} failed`)
  return phases.failed > 0 ? 1 : 0
}

async function testStage(test: DeploymentTest, inUse: boolean, keep: boolean): Promise<void> {
  try {
    const stands = await test.deploy()
    if (stands && inUse) await test.use()
    // Even where its use failed: what a failure leaves behind is worth knowing.
    if (stands && !keep) await test.destroy()
  } finally {
    test.stop()
  }
}

/** Leaves the logs of a run that failed. */
function clearAway({ target, directory }: Setting, logsToo: boolean): void {
  target.stop()
  const gone = logsToo ? [''] : ['functions', 'checkout-dev', 'checkout-prod']
  for (const name of gone) rmSync(join(directory, name), { recursive: true, force: true })
}

function tellWhatIsNotProven(): void {
  console.log('MiniStack lacks, and is given here (test/deploy/exclusions.ts says what that leaves unproven):')
  for (const { module, lacks } of adaptations) console.log(`  ${module}: ${lacks}`)
  console.log(`${exclusions.length} tests of the end-to-end suite are excluded${exclusions.length > 0 ? ':' : '.'}`)
  for (const excluded of exclusions) {
    const { file, test } = excluded.coveredBy
    console.log(`  ${excluded.test}: ${excluded.reason} Covered by ${file}: ${test}`)
  }
  console.log()
}

function tellHowToLook({ target, directory }: Setting): void {
  const { accessKeyId, secretAccessKey } = target.clientConfiguration.credentials
  console.log(`
MiniStack goes on at ${target.endpoint}, with the shop; its files are in ${relative(process.cwd(), directory)}
Look inside with any program that uses an AWS SDK:
  export AWS_ENDPOINT_URL=${target.endpoint} AWS_REGION=${target.clientConfiguration.region} AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}
The outputs are beside the logs. End it with: kill -9 -${target.pid}`)
}
