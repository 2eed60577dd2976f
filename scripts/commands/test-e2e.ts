import { join, resolve } from 'node:path'
import { execa } from 'execa'
import { newCommand, runCommand } from '../lib/command.ts'
import { readDeployment } from '../lib/deployment.ts'
import { startSystem } from '../lib/running-system.ts'

const root = join(import.meta.dirname, '../..')

const command = newCommand(
  'npm run test:e2e --',
  'Runs the end-to-end suite against a deployment. Without --outputs it starts a local system and stops it afterward.',
)
  .option('--outputs <file>', 'outputs file of the deployment, local or on AWS')
  .option('--jest <arguments>', 'arguments for Jest, such as --jest="test/e2e/order.test.ts -t idempotency"')
  .action(async ({ outputs, jest = '' }: { outputs?: string; jest?: string }) => {
    const jestArguments = jest.split(' ').filter((argument) => argument !== '')
    if (outputs) {
      readDeployment(outputs)
      process.exitCode = await runSuite(resolve(outputs), jestArguments)
      return
    }
    const system = await startSystem()
    try {
      process.exitCode = await runSuite(system.outputsFile, jestArguments)
    } finally {
      await system.stop()
    }
  })

/** @returns Jest's exit code */
async function runSuite(outputsFile: string, jestArguments: readonly string[]): Promise<number> {
  const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js']
  const paths = jestArguments.some((argument) => argument.startsWith('test/e2e/')) ? [] : ['--', 'test/e2e/']
  // In one process: the tests share the deployment's stock, and each depends on the value that it sets.
  const { exitCode } = await execa(process.execPath, [...jest, '--runInBand', ...jestArguments, ...paths], {
    cwd: root,
    stdio: 'inherit',
    env: { CARTWHEEL_OUTPUTS: outputsFile },
    reject: false,
  })
  return exitCode ?? 1
}

await runCommand(command)
