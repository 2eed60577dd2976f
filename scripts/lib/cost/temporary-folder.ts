import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder that is deleted when the process ends, also by an error that no code catches or by Ctrl-C. */
export function temporaryFolder(prefix: string): string {
  const directory = mkdtempSync(join(tmpdir(), prefix))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  // Without a listener a signal ends the process at once, without its exit handlers.
  process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143))
  return directory
}
