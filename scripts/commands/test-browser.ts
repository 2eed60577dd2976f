import { resolve } from 'node:path'
import { requireBrowser } from '../lib/browser.ts'
import { newCommand, runCommand } from '../lib/command.ts'
import { readDeployment } from '../lib/deployment.ts'
import { runJestIn } from '../lib/run-jest.ts'
import { withSystem } from '../lib/running-system.ts'

const command = newCommand(
  'npm run test:browser --',
  'Uses the storefront and the back office in a real browser. Without --outputs it starts a local system and stops it afterward.',
)
  .option('--outputs <file>', 'outputs file of a running local system')
  .option('--jest <arguments>', 'arguments for Jest, such as --jest="test/browser/pages.test.ts -t cart"')
  .action(async ({ outputs, jest = '' }: { outputs?: string; jest?: string }) => {
    requireBrowser()
    const run = async (outputsFile: string) => {
      process.exitCode = await runJestIn('test/browser/', jest, { CARTWHEEL_OUTPUTS: outputsFile })
    }
    if (outputs) readDeployment(outputs)
    if (outputs) await run(resolve(outputs))
    else await withSystem({}, ({ outputsFile }) => run(outputsFile))
  })

await runCommand(command)
