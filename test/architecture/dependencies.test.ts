import { existsSync, globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { imports, importsOf, isTest, root, sources } from './sources.ts'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional: boolean }>>
}

const manifest = (path: string): Manifest => JSON.parse(readFileSync(join(root, path), 'utf8'))
const app = manifest('package.json')
const local = manifest('local/package.json')
const namesOf = ({ dependencies, devDependencies }: Manifest) => Object.keys({ ...dependencies, ...devDependencies })

/** `@aws-sdk/client-s3` of `@aws-sdk/client-s3/runtime`. */
const packageOf = (to: string) => /^(?:@[^/]+\/)?[^/]+/.exec(to)![0]

/** The workspace, what Jest provides, and packages of types alone, such as `aws-lambda`. */
const isProvided = (name: string) =>
  ['@cartwheel/local', '@jest/globals'].includes(name) || app.devDependencies![`@types/${name}`] !== undefined

const packageImports = imports
  .filter(({ to }) => !isBuiltin(to) && !existsSync(join(root, to)))
  .map(({ from, to }) => ({ from, name: packageOf(to) }))
  .filter(({ name }) => !isProvided(name))

test('functions and stacks import only dependencies, and no development dependency', () => {
  const ofCode = packageImports.filter(({ from }) => /^(services|shared|infra)\//.test(from) && !isTest(from))
  expect(ofCode).not.toEqual([])
  expect(ofCode.filter(({ name }) => app.dependencies[name] === undefined)).toEqual([])
})

/** The files that are part of the package: those that its entry points reach. */
function packagedFiles(): ReadonlySet<string> {
  const files = new Set(sources.filter((source) => /^local\/(public\/.*|cli)\.ts$/.test(source)))
  // A set also visits what is added meanwhile.
  for (const file of files) {
    for (const { from, to } of imports) if (from === file && to.startsWith('local/')) files.add(to)
  }
  return files
}

test('the package of the local system depends on exactly what it imports, and only its test kits on the AWS SDK', () => {
  const files = packagedFiles()
  const imported = packageImports.filter(({ from }) => files.has(from))
  const namesWhere = (isKit: boolean) => [
    ...new Set(imported.filter(({ from }) => from.endsWith('/testing.ts') === isKit).map(({ name }) => name)),
  ]
  const { dependencies, peerDependencies = {}, peerDependenciesMeta = {} } = local
  expect(namesWhere(false).toSorted()).toEqual(Object.keys(dependencies).toSorted())
  expect(namesWhere(true).toSorted()).toEqual(Object.keys(peerDependencies).toSorted())
  expect(peerDependenciesMeta).toEqual(
    Object.fromEntries(Object.keys(peerDependencies).map((name) => [name, { optional: true }])),
  )
})

test('no file imports a package that is installed only because another package depends on it', () => {
  const declared = new Set([app, local].flatMap(namesOf))
  expect(packageImports.filter(({ name }) => !declared.has(name))).toEqual([])
})

test('every dependency of the app is imported', () => {
  const ofPages = globSync('web/src/**/*.{ts,tsx}', { cwd: root }).flatMap((file) => importsOf(file))
  const imported = new Set([...imports, ...ofPages].map(({ to }) => packageOf(to)))
  // Its font is read as a file.
  const others = Object.keys(app.dependencies).filter((name) => name !== 'dejavu-fonts-ttf')
  expect(others.filter((name) => !imported.has(name))).toEqual([])
})
