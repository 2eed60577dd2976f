/** One configuration for all suites; scripts/lib/suites.ts names the folders of each. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.ttf'],
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'jsx', 'ts', 'tsx', 'json', 'node', 'ttf'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
    '\\.ttf$': '<rootDir>/test/support/binary-file.js',
  },
  transformIgnorePatterns: ['/node_modules/.*(?<!\\.ttf)$'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/cdk.out/', '/\\.local/'],
  modulePathIgnorePatterns: ['/cdk.out/', '/dist/', '/\\.local/'],
  maxWorkers: 2,
  globalSetup: '<rootDir>/test/support/temporary-folder.js',
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
  // Long enough for a busy machine: only a test that hangs reaches it.
  testTimeout: 300_000,
  // After about 90 suites a worker has a heap of 450 MB, and freeing it on a busy machine takes most of Jest's default of
  // 500 ms: Jest then reports a leak ("failed to exit gracefully") although no handle is open.
  workerGracefulExitTimeout: 10_000,
}
