import { appendFileSync, cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

const repository = join(import.meta.dirname, '../..')

/** The inputs of build, synthesis and destruction, and the native packages for Lambda. */
const sources =
  'infra services shared scripts web tsconfig.json cdk.json package.json package-lock.json dist/.native'.split(' ')

/** The function that the update changes. */
export const changedFunction = { service: 'api', entry: 'health' }

/** What is made of the sources. Bundles contain paths relative to the checkout, so a copy has other hashes than a build. */
const made = ['dist', 'cdk.out']

/**
 * Copies the sources, so that they can be changed, built and synthesized without touching the repository.
 * @param built whether what is made of them is copied as well, so that a start need not build. @default false
 */
export function copyCheckout(directory: string, { built = false } = {}): void {
  mkdirSync(directory)
  symlinkSync(join(repository, 'node_modules'), join(directory, 'node_modules'))
  for (const source of [...sources, ...(built ? made : [])].filter((name) => existsSync(join(repository, name)))) {
    cpSync(join(repository, source), join(directory, source), {
      recursive: true,
      filter: (path) => !path.endsWith('.test.ts'),
    })
  }
}

/** Adds a line to the entry of one function, which changes its bundle. */
export function changeOneFunction(directory: string): void {
  const { service, entry } = changedFunction
  appendFileSync(
    join(directory, 'services', service, 'functions', `${entry}.ts`),
    "\nexport const revision = 'changed'\n",
  )
}
