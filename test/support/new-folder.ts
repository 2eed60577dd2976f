import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder, which {@link file://./temporary-folder.js} deletes after the run with all others. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'test-'))
