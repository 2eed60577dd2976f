import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isTest, resolveImport, root, sources } from './sources.ts'

const read = (file: string) => readFileSync(join(root, file), 'utf8')

/** Every file that may import: sources, and the pages and scripts that are not `.ts`. */
const importers = [
  ...sources,
  ...globSync('{web,local,scripts,test,bench}/**/*.{tsx,ts,js,mjs,cjs}', {
    cwd: root,
    exclude: (name) => name === 'node_modules' || name === 'dist',
  }),
]

const declared = /^export (?:async )?(?:abstract )?(?:function\*?|const|let|class|interface|type|enum) (\w+)/gm

/** The names that a file exports. */
const exportsOf = (text: string): string[] => [...text.matchAll(declared)].map(([, name]) => name!)

/** `file name` for each imported name; `file *` for an import of the whole module, and for a program that takes its path. */
function importedNames(from: string, text: string): string[] {
  const named = [...text.matchAll(/\b(?:import|export)\s+(?:type\s+)?([^'"`;]*?)\s*from\s*'([^']+)'/g)]
  const whole = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)]
  const byPath = [...text.matchAll(/\bjoin\(import\.meta\.dirname, '([^']+\.ts)'\)/g)]
  return [
    ...named.flatMap(([, clause, to]) => namesIn(clause!).map((name) => `${resolveImport(from, to!)} ${name}`)),
    ...whole.map(([, to]) => `${resolveImport(from, to!)} *`),
    ...byPath.map(([, to]) => `${resolveImport(from, `./${to}`)} *`),
  ]
}

function namesIn(clause: string): string[] {
  if (clause.includes('*')) return ['*']
  const [, braces = ''] = /\{([^}]*)\}/.exec(clause) ?? []
  const names = braces.split(',').map((part) => part.trim().replace(/^type /, ''))
  return names.map((name) => name.split(' as ')[0]!).filter((name) => name !== '')
}

/** By rule: what another program loads by its path, and the package's public entry points. */
const isEntry = (file: string) => isTest(file) || /^local\/(public|test\/notes)\//.test(file)

const unused = (files: readonly string[], textOf: (file: string) => string, imported: ReadonlySet<string>) =>
  files
    .filter((file) => !isEntry(file) && !imported.has(`${file} *`))
    .flatMap((file) => exportsOf(textOf(file)).map((name) => `${file} ${name}`))
    .filter((exported) => !imported.has(exported))

test('every export of the scripts and the local system is imported by another file', () => {
  const imported = new Set(importers.flatMap((file) => importedNames(file, read(file))))
  const files = sources.filter((source) => /^(local|scripts)\//.test(source))
  expect(unused(files, read, imported)).toEqual([])
})

test('an export without an importer is found', () => {
  const texts: Record<string, string> = {
    'scripts/lib/a.ts': `import { type B, c as d } from './b.ts'\n`,
    'scripts/lib/b.ts': 'export interface B {}\nexport const c = 1\nexport async function e() {}\n',
  }
  const imported = new Set(importedNames('scripts/lib/a.ts', texts['scripts/lib/a.ts']!))
  expect(unused(Object.keys(texts), (file) => texts[file]!, imported)).toEqual(['scripts/lib/b.ts e'])
})
