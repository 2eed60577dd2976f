import { existsSync, readFileSync } from 'node:fs'
import { AssemblyError } from './assembly-error.ts'

/** @throws AssemblyError when the file is missing or not JSON */
export function readJson<T>(file: string): T {
  if (!existsSync(file)) throw new AssemblyError(`${file} is missing: run \`npx cdk synth\` first.`)
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch (error) {
    throw new AssemblyError(`${file} is not JSON: ${(error as Error).message}`, { cause: error })
  }
}
