import { spawnSync } from 'node:child_process'

/** `script` of util-linux runs a command on a pseudo-terminal; that of macOS has other options and no version. */
const hasTerminal = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')

/** A test that runs a command with `script`: skipped, and reported with the reason, on a machine without it. */
export function testOnTerminal(name: string, run: () => Promise<void>): void {
  if (hasTerminal) test(name, run)
  else test.skip(`${name} (needs script of util-linux)`, run)
}
