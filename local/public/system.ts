/** Runs a synthesized CDK app: in a program with {@link startLocalSystem}, in a terminal with {@link runInTerminal}. */
export { startLocalSystem, type LocalSystem, type LocalSystemOptions } from '../system.ts'
export { runInTerminal, type Restart } from '../system/terminal.ts'
export { StartError, type PortName, type StartFailure } from '../system/start-error.ts'
export type { LocalLine } from '../system/line.ts'
export type { FunctionDevelopment } from '../lambda/function-configuration.ts'
