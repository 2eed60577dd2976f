import { readFileSync } from 'node:fs'
import { join } from 'node:path'

interface LockedPackage {
  readonly version?: string
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const read = (file: string) => JSON.parse(readFileSync(join(import.meta.dirname, '../..', file), 'utf8'))
const { packages } = read('package-lock.json') as { packages: Record<string, LockedPackage> }

test('binaries of every platform are locked, or npm ci fails on another platform', () => {
  const paths = Object.keys(packages)
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !paths.some((candidate) => candidate.endsWith(`node_modules/${name}`)))
      .map((name) => `${path} → ${name}`),
  )
  expect(missing).toEqual([])
})

test('no package contains the URL of a registry', () => {
  const bound = Object.entries(packages).filter(
    ([, { resolved }]) => resolved !== undefined && resolved.includes('://'),
  )
  expect(bound.map(([path]) => path)).toEqual([])
})

test('every version in package.json is exact', () => {
  const { dependencies, devDependencies } = read('package.json')
  const loose = Object.entries<string>({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
  )
  expect(loose).toEqual([])
})

test('an installation is not reported: Scarf, which Spectral depends on, sends and stores nothing', () => {
  expect(packages['node_modules/@scarf/scarf']).toBeDefined()
  expect(read('package.json').scarfSettings).toEqual({ enabled: false })
})
