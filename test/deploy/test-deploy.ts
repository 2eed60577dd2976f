import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { Option } from 'commander'
import { DeploymentTest, type Setting } from './deployment-test.ts'
import { exclusions } from './exclusions.ts'
import { Phases } from './phases.ts'
import { pythonWithPackages } from './python.ts'
import { startTarget } from './target.ts'
import { newCommand, runCommand } from '#scripts/lib/command.ts'

const root = join(import.meta.dirname, '../..')
const workDirectory = join(root, '.local/deploy')

const command = newCommand(
  'npm run test:deploy --',
  `
Deploys with the CDK CLI to MiniStack, an independent AWS emulator on this machine: bootstrap, deploy, the end-to-end
suite, a second deployment that must change nothing, an update of one function, destroy, and a check for remaining
resources. Then the stage prod: deploy, destroy, and a check of the retained resources. Requires Python 3.10 or newer; its
packages are installed once, in a virtual environment in .local/.`,
)
  .addOption(new Option('--stage <stage>', 'only this stage').choices(['dev', 'prod']))
  .option('--keep', 'do not destroy: keep MiniStack running with the deployment, and print how to use it')
  .action(async ({ stage, keep = false }: { stage?: string; keep?: boolean }) => {
    const stopped = new AbortController()
    const interrupt = () => stopped.abort()
    process.on('SIGINT', interrupt).on('SIGTERM', interrupt)
    try {
      process.exitCode = await testDeployment(stage, keep, stopped.signal)
    } catch (error) {
      if (!stopped.signal.aborted) throw error
      console.error('\nStopped, including MiniStack and its processes.')
      process.exitCode = 130
    } finally {
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    }
  })

async function testDeployment(only: string | undefined, keep: boolean, signal: AbortSignal): Promise<number> {
  const python = await pythonWithPackages(workDirectory, signal)
  printExclusions()
  const directory = mkdtempSync(join(workDirectory, 'run-'))
  const target = await startTarget(python, directory, { signal, outlives: keep })
  const setting = { target, python, directory, signal }
  const phases = new Phases()
  try {
    for (const stage of only === undefined && !keep ? ['dev', 'prod'] : [only ?? 'dev']) {
      if (phases.failed === 0) await testStage(new DeploymentTest(setting, stage, phases), stage === 'dev', keep)
    }
  } finally {
    if (!keep || signal.aborted) cleanUp(setting, phases.failed === 0 || signal.aborted)
  }
  if (keep) printAccess(setting)
  else if (phases.failed > 0) console.log(`The output of all programs is in ${relative(process.cwd(), directory)}`)
  console.log(`\n${phases.passed} passed, ${phases.failed} failed`)
  return phases.failed > 0 ? 1 : 0
}

async function testStage(test: DeploymentTest, inUse: boolean, keep: boolean): Promise<void> {
  const isDeployed = await test.deploy()
  if (isDeployed && inUse) await test.use()
  // Even if the suite failed, since its leftovers are also relevant.
  if (isDeployed && !keep) await test.destroy()
}

/** Keeps the logs of a run that failed. */
function cleanUp({ target, directory }: Setting, logsToo: boolean): void {
  target.stop()
  const removed = logsToo ? [''] : ['functions', 'checkout-dev', 'checkout-prod']
  for (const name of removed) rmSync(join(directory, name), { recursive: true, force: true })
}

function printExclusions(): void {
  console.log('Features missing in MiniStack that this test adds (test/deploy/target says what stays unproven):')
  for (const line of missingFeatures()) console.log(line)
  console.log(`${exclusions.length} tests of the end-to-end suite are excluded${exclusions.length > 0 ? ':' : '.'}`)
  for (const excluded of exclusions) {
    const { file, test } = excluded.coveredBy
    console.log(`  ${excluded.test}: ${excluded.reason} Covered by ${file}: ${test}`)
  }
  console.log()
}

/** As each module that adds one describes it. */
const missingFeatures = () =>
  globSync('target/*.{py,mjs}', { cwd: import.meta.dirname }).flatMap((file) => {
    const [, missing] = /Missing: ([^]+?)\n[ *]*\n/.exec(readFileSync(join(import.meta.dirname, file), 'utf8')) ?? []
    return missing === undefined ? [] : `  ${basename(file)}: ${missing.replaceAll(/\n[ *]*/g, ' ')}`
  })

function printAccess({ target, directory }: Setting): void {
  const { accessKeyId, secretAccessKey } = target.clientConfiguration.credentials
  console.log(`
MiniStack is running at ${target.endpoint} with the deployment; its files are in ${relative(process.cwd(), directory)}
Use any program with an AWS SDK:
  export AWS_ENDPOINT_URL=${target.endpoint} AWS_REGION=${target.clientConfiguration.region} AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}
The outputs are beside the logs. Stop it with: kill -9 -${target.pid}`)
}

await runCommand(command)
