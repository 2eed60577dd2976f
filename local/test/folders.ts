import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A new folder, which Jest deletes after the run with all others. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'local-'))

/** Where a service under test stores its state, to be opened by a second one. */
export const newStateFile = (): string => join(newFolder(), 'state.db')
