import { becomeLean } from '../lib/lean-process.ts'
import type { StartOptions } from '../lib/terminal-system.ts'

becomeLean()

const { newCommand, runCommand } = await import('../lib/command.ts')
const { runSystem, withStartOptions } = await import('../lib/terminal-system.ts')

const command = newCommand(
  'npm start --',
  'Runs the whole system on this machine, from the same CloudFormation templates as a deployment, until Ctrl-C.',
)

await runCommand(withStartOptions(command).action((options: StartOptions) => runSystem(options)))
