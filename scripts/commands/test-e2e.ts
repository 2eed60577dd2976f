import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { parseFlags, runScript } from '../lib/command.ts'
import { readDeployment } from '../lib/deployment.ts'
import { startSystem } from '../lib/running-system.ts'

const help = `
npm run test:e2e -- [--outputs FILE] [--jest=ARGS]

The end-to-end suite against a deployment. Without --outputs it starts a local system of its own and stops it after.

  --outputs FILE   what cdk deploy --outputs-file wrote, local or AWS
  --jest=ARGS      handed to Jest, for instance --jest="test/e2e/order.test.ts -t idempotency"
`

const root = join(import.meta.dirname, '../..')

await runScript(async () => {
  const flags = parseFlags({ outputs: { type: 'string' }, jest: { type: 'string', default: '' } }, help)
  const jestArguments = flags.jest.split(' ').filter((argument) => argument !== '')
  if (flags.outputs) {
    readDeployment(flags.outputs)
    return runSuite(resolve(flags.outputs), jestArguments)
  }
  const system = await startSystem()
  try {
    return await runSuite(system.outputsFile, jestArguments)
  } finally {
    await system.stop()
  }
})

async function runSuite(outputsFile: string, jestArguments: string[]): Promise<number> {
  const args = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js']
  const paths = jestArguments.some((argument) => argument.startsWith('test/e2e/')) ? [] : ['--', 'test/e2e/']
  // In one process: the tests share the deployment's stock, and each counts on what it set.
  const child = spawn(process.execPath, [...args, '--runInBand', ...jestArguments, ...paths], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CARTWHEEL_OUTPUTS: outputsFile },
  })
  return new Promise((done, reject) => child.once('error', reject).once('exit', (code) => done(code ?? 1)))
}
