import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export const root = join(import.meta.dirname, '../..')

const folders = ['infra', 'services', 'shared', 'local', 'scripts', 'test', 'bench']

/** Every TypeScript file of the repository, by its path from the root. */
export const sources = folders
  .flatMap((folder) =>
    globSync(`${folder}/**/*.ts`, { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' }),
  )
  .toSorted()

export const isTest = (path: string) => /\.(test|contract|fixture)\.ts$|\/test-data\//.test(path)

export interface Import {
  readonly from: string
  /** A file of the repository by its path from the root, or a package by its name. */
  readonly to: string
}

const importing = /(?:^|\n)\s*(?:import|export)\s(?:[\w$\s{},*]*?\sfrom\s)?\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/g

export function importsOf(from: string, text = readFileSync(join(root, from), 'utf8')): Import[] {
  return [...text.matchAll(importing)].map(([, declared, dynamic]) => ({
    from,
    to: resolveImport(from, declared ?? dynamic!),
  }))
}

export function resolveImport(from: string, specifier: string): string {
  if (specifier.startsWith('#')) return specifier.slice(1)
  return specifier.startsWith('.') ? normalize(join(dirname(from), specifier)) : specifier
}

export const imports: readonly Import[] = sources.flatMap((source) => importsOf(source))
