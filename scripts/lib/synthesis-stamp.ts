import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const stampOf = (directory: string, inputs: string): string =>
  `${inputs} ${createHash('sha256')
    .update(readFileSync(join(directory, 'manifest.json')))
    .digest('hex')}`

const fileIn = (directory: string) => join(directory, '.inputs')

/** Notes in an assembly's folder what it was made of. */
export const stampAssembly = (directory: string, inputs: string): void =>
  writeFileSync(fileIn(directory), stampOf(directory, inputs))

/**
 * Whether the folder holds the assembly that was made of these inputs. The manifest counts too: `npx cdk synth` with
 * another stage writes into the same folder and leaves the note where it is.
 */
export const isStamped = (directory: string, inputs: string): boolean =>
  existsSync(join(directory, 'manifest.json')) &&
  existsSync(fileIn(directory)) &&
  readFileSync(fileIn(directory), 'utf8') === stampOf(directory, inputs)
