import { resolve } from 'node:path'
import { newCommand, runCommand } from '../lib/command.ts'
import { runJestInBand } from '../lib/run-jest.ts'
import { startSystem } from '../lib/running-system.ts'

const command = newCommand(
  'npm run test:browser --',
  'Uses the storefront and the back office in a real browser. Without --outputs it starts a local system and stops it afterward.',
)
  .option('--outputs <file>', 'outputs file of a running local system')
  .option('--jest <arguments>', 'arguments for Jest, such as --jest="test/browser/pages.test.ts -t cart"')
  .action(async ({ outputs, jest = '' }: { outputs?: string; jest?: string }) => {
    const jestArguments = jest.split(' ').filter((argument) => argument !== '')
    const run = (outputsFile: string) => {
      const paths = jestArguments.some((argument) => argument.startsWith('test/browser/'))
        ? []
        : ['--', 'test/browser/']
      return runJestInBand([...jestArguments, ...paths], { CARTWHEEL_OUTPUTS: outputsFile })
    }
    if (outputs) {
      process.exitCode = await run(resolve(outputs))
      return
    }
    const system = await startSystem()
    try {
      process.exitCode = await run(system.outputsFile)
    } finally {
      await system.stop()
    }
  })

await runCommand(command)
