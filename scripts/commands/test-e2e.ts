import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { callApi } from '../lib/api-client.ts'
import { newCommand, runCommand } from '../lib/command.ts'
import { UsageError } from '../lib/errors.ts'
import { readDeployment, type Deployment } from '../lib/deployment.ts'
import { missingServices } from '../lib/installed-services.ts'
import { runJestIn } from '../lib/run-jest.ts'
import { withSystem } from '../lib/running-system.ts'
import { signIn } from '../lib/sign-in.ts'

const command = newCommand(
  'npm run test:e2e --',
  'Runs the end-to-end suite against a deployment. Without --outputs it starts a local system and stops it afterward.',
)
  .option('--outputs <file>', 'outputs file of the deployment, local or on AWS')
  .option('--jest <arguments>', 'arguments for Jest, such as --jest="test/e2e/order.test.ts -t idempotency"')
  .option('--chaos <seed>', 'inject the faults that AWS documents into the local system, chosen by this number')
  .action(async ({ outputs, jest = '', chaos }: { outputs?: string; jest?: string; chaos?: string }) => {
    if (outputs && chaos !== undefined) {
      throw new UsageError('--chaos is for the local system that this command starts; a deployment has no such option.')
    }
    if (outputs) await runSuite(resolve(outputs), jest)
    else await withSystem({ chaos }, ({ outputsFile }) => runSuite(outputsFile, jest))
  })

async function runSuite(outputsFile: string, jest: string): Promise<void> {
  const deployment = readDeployment(outputsFile)
  const missing = await missingServices(deployment)
  if (missing.length > 0) console.error(`Not deployed, so their tests are skipped: ${missing.join(', ')}`)
  const env = {
    CARTWHEEL_OUTPUTS: outputsFile,
    CARTWHEEL_WITHOUT: missing.join(),
    CARTWHEEL_RUN: randomUUID(),
    ...(missing.includes('activity') ? {} : { CARTWHEEL_EVENTS_AFTER: await newestEvent(deployment) }),
  }
  // In one process: the tests share the deployment's stock, and each depends on the value that it sets.
  const sequence = ['--testSequencer', './scripts/lib/afterwards-last.cjs']
  process.exitCode = await runJestIn('test/e2e/', jest, env, sequence)
}

/** The cursor of the events that are published from now on. */
async function newestEvent(deployment: Deployment): Promise<string> {
  const token = await signIn(deployment, {
    email: `success+events.${randomUUID()}@simulator.amazonses.com`,
    group: 'staff',
    isCreatedByAdministrator: true,
  })
  const { body } = await callApi(deployment, 'GET', '/admin/events?limit=1', { token })
  return body.nextCursor
}

await runCommand(command)
