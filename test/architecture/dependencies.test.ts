import { existsSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { imports, isTest, root } from './sources.ts'

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
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

/** What imports of code other than tests must be. */
test.each([
  ['functions and stacks', /^(services|shared|infra)\//, app],
  ['the local system', /^local\/(?!.*(\btesting\.ts$|\btest\/))/, local],
])('%s import only dependencies, and no development dependency', (_, isCode, { dependencies }) => {
  const ofCode = packageImports.filter(({ from }) => isCode.test(from) && !isTest(from))
  expect(ofCode).not.toEqual([])
  expect(ofCode.filter(({ name }) => dependencies[name] === undefined)).toEqual([])
})

test('no file imports a package that is installed only because another package depends on it', () => {
  const declared = new Set([app, local].flatMap(namesOf))
  expect(packageImports.filter(({ name }) => !declared.has(name))).toEqual([])
})
