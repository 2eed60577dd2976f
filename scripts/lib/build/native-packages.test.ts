import { lockOf, nativePackagesIn, type Lock } from './native-packages.ts'

const lock: Lock = {
  lockfileVersion: 3,
  packages: {
    '': { dependencies: { painter: '2.0.0', unrelated: '1.0.0' } },
    'node_modules/painter': {
      version: '2.0.0',
      integrity: 'sha512-painter',
      dependencies: { semver: '^7', brush: '^1' },
      optionalDependencies: { '@painter/arm': '2.0.0', '@painter/mac': '2.0.0' },
    },
    'node_modules/painter/node_modules/semver': { version: '7.0.0', integrity: 'sha512-seven' },
    'node_modules/brush': { version: '1.0.0', dependencies: { semver: '^6' } },
    'node_modules/semver': { version: '6.0.0' },
    'node_modules/@painter/arm': { version: '2.0.0', optionalDependencies: { '@painter/oil-arm': '1.0.0' } },
    'node_modules/@painter/oil-arm': { version: '1.0.0' },
    'node_modules/@painter/mac': { version: '2.0.0' },
    'node_modules/unrelated': { version: '1.0.0' },
  },
}

test('keeps what the package needs, each at its path with its version and hash', () => {
  const { '': _root, 'node_modules/unrelated': _unrelated, ...needed } = lock.packages
  expect(lockOf(lock, 'painter')).toEqual({
    lockfileVersion: 3,
    packages: { '': { dependencies: { painter: '2.0.0' } }, ...needed },
  })
})

test('a package that is not in the lock file is reported by name', () => {
  expect(() => lockOf(lock, 'sculptor')).toThrow('package-lock.json has no sculptor')
  const { 'node_modules/brush': _, ...rest } = lock.packages
  expect(() => lockOf({ ...lock, packages: rest }, 'painter')).toThrow(
    'package-lock.json has no brush, which node_modules/painter needs.',
  )
})

test('a package that no source imports is not installed', () => {
  expect(nativePackagesIn([`import { sharpThumbnails } from '../adapters/sharp-thumbnails.ts'`])).toEqual([])
  expect(nativePackagesIn([`import * as z from 'zod'\nimport sharp, { type Sharp } from 'sharp'`])).toEqual(['sharp'])
})
