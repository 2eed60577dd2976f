import { newCommand, runCommand } from '../lib/command.ts'
import { runSystem, withStartOptions, type StartOptions } from '../lib/terminal-system.ts'

const command = newCommand(
  'npm start --',
  'Runs the whole system on this machine, from the same CloudFormation templates as a deployment, until Ctrl-C.',
)

await runCommand(withStartOptions(command).action((options: StartOptions) => runSystem(options)))
