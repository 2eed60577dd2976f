import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Jest's global setup: all tests, and the processes that they start, use one temporary folder, which is removed after
 * the run with everything that is left in it, such as the assemblies that the CDK writes there.
 */
export default function setUp() {
  const parent = tmpdir()
  const folder = mkdtempSync(join(parent, 'cartwheel-jest-'))
  process.env['TMPDIR'] = folder
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
}
