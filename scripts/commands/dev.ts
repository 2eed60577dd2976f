import { becomeLean } from '../lib/lean-process.ts'
import type { StartOptions } from '../lib/terminal-system.ts'

becomeLean()

const { newCommand, runCommand } = await import('../lib/command.ts')
const { developFunctions } = await import('../lib/development.ts')
const { runSystem, withStartOptions } = await import('../lib/terminal-system.ts')

const command = newCommand(
  'npm run dev --',
  `
Runs the system as npm start does, and applies changes of the code when a file is saved: the functions that contain it are
replaced, so that the next request runs the new code, and pages are updated in the browser at the address of the
development server. A change of the infrastructure, of routes or of events synthesizes
the app again and restarts the system with the same data. Stack traces name lines of the TypeScript sources.`,
)
  .option('--inspect <function>', 'let a debugger attach to one function, such as place-order; its time limits are off')
  .option('--inspect-port <port>', 'where it attaches', '9229')

await runCommand(
  withStartOptions(command).action(
    ({ inspect, inspectPort, ...options }: StartOptions & { inspect?: string; inspectPort: string }) =>
      runSystem(options, () => developFunctions({ inspect, inspectPort })),
  ),
)
