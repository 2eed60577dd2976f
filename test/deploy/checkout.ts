import { appendFileSync, cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

const repository = join(import.meta.dirname, '../..')

/**
 * All that building, synthesising and destroying reads. Bundles are built anew, since they name files by their way from
 * where they were built; what was fetched for Lambda is not fetched again.
 */
const sources = [
  'infra',
  'services',
  'shared',
  'scripts',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'dist/.native',
]

/** The function that the update changes, and the source that it alone is made of. */
export const changedFunction = { service: 'api', entry: 'health' }

/** A copy of the sources, which can be changed, built and synthesised while the repository stays as it is. */
export function copyCheckout(directory: string): void {
  mkdirSync(directory)
  symlinkSync(join(repository, 'node_modules'), join(directory, 'node_modules'))
  for (const source of sources.filter((name) => existsSync(join(repository, name)))) {
    cpSync(join(repository, source), join(directory, source), {
      recursive: true,
      filter: (path) => !path.endsWith('.test.ts'),
    })
  }
}

/** As a developer would: a line more in one function's entry, which its bundle then has too. */
export function changeOneFunction(directory: string): void {
  const { service, entry } = changedFunction
  appendFileSync(
    join(directory, 'services', service, 'functions', `${entry}.ts`),
    "\nexport const revision = 'changed'\n",
  )
}
