import { lockForTarget, nativePackagesIn, type Lock } from './native-packages.ts'

const graviton = { os: 'linux', cpu: 'arm64', libc: 'glibc' }

const on = (os: string, cpu: string, more: object = {}) => ({
  version: '2.0.0',
  integrity: `sha512-${os}-${cpu}`,
  os: [os],
  cpu: [cpu],
  ...more,
})

const lock: Lock = {
  lockfileVersion: 3,
  packages: {
    '': { dependencies: { painter: '2.0.0', unrelated: '1.0.0' } },
    'node_modules/painter': {
      version: '2.0.0',
      integrity: 'sha512-painter',
      dependencies: { semver: '^7', brush: '^1' },
      optionalDependencies: {
        '@painter/arm': '2.0.0',
        '@painter/arm-musl': '2.0.0',
        '@painter/mac': '2.0.0',
        '@painter/any': '2.0.0',
      },
    },
    'node_modules/painter/node_modules/semver': { version: '7.0.0', integrity: 'sha512-seven' },
    'node_modules/brush': { version: '1.0.0', dependencies: { semver: '^6' } },
    'node_modules/semver': { version: '6.0.0' },
    'node_modules/@painter/arm': on('linux', 'arm64', {
      libc: ['glibc'],
      optionalDependencies: { '@painter/oil-arm': '1.0.0', '@painter/mac': '2.0.0' },
    }),
    'node_modules/@painter/arm-musl': on('linux', 'arm64', { libc: ['musl'] }),
    'node_modules/@painter/oil-arm': on('linux', 'arm64'),
    'node_modules/@painter/mac': on('darwin', 'arm64'),
    'node_modules/@painter/any': { version: '2.0.0' },
    'node_modules/unrelated': { version: '1.0.0' },
  },
}

test('keeps only what the package needs on the target, each at its path', () => {
  const { packages } = lockForTarget(lock, 'painter', graviton)
  expect(Object.keys(packages).toSorted()).toEqual([
    '',
    'node_modules/@painter/any',
    'node_modules/@painter/arm',
    'node_modules/@painter/oil-arm',
    'node_modules/brush',
    'node_modules/painter',
    'node_modules/painter/node_modules/semver',
    'node_modules/semver',
  ])
  expect(packages['']).toEqual({ dependencies: { painter: '2.0.0' } })
})

test('keeps versions and hashes, and removes dependencies on omitted packages', () => {
  const { packages, lockfileVersion } = lockForTarget(lock, 'painter', graviton)
  expect(lockfileVersion).toBe(3)
  for (const [place, { version, integrity }] of Object.entries(packages)) {
    if (place !== '') expect({ version, integrity }).toEqual(pick(lock.packages[place]!))
  }
  expect(packages['node_modules/painter']!.optionalDependencies).toEqual({
    '@painter/arm': '2.0.0',
    '@painter/any': '2.0.0',
  })
  expect(packages['node_modules/@painter/arm']!.optionalDependencies).toEqual({ '@painter/oil-arm': '1.0.0' })
})

const pick = ({ version, integrity }: { version?: string; integrity?: string }) => ({ version, integrity })

test('selects other packages for another target', () => {
  const { packages } = lockForTarget(lock, 'painter', { os: 'darwin', cpu: 'arm64', libc: 'glibc' })
  expect(Object.keys(packages).filter((place) => place.includes('@'))).toEqual([
    'node_modules/@painter/mac',
    'node_modules/@painter/any',
  ])
})

test('a package that is not in the lock file is reported by name', () => {
  expect(() => lockForTarget(lock, 'sculptor', graviton)).toThrow('package-lock.json has no sculptor')
  const { 'node_modules/brush': _, ...rest } = lock.packages
  expect(() => lockForTarget({ ...lock, packages: rest }, 'painter', graviton)).toThrow(
    'package-lock.json has no brush, which node_modules/painter needs.',
  )
})

test('a package that no source imports is not installed', () => {
  expect(nativePackagesIn([`import { sharpThumbnails } from '../adapters/sharp-thumbnails.ts'`])).toEqual([])
  expect(nativePackagesIn([`import * as z from 'zod'\nimport sharp, { type Sharp } from 'sharp'`])).toEqual(['sharp'])
})
