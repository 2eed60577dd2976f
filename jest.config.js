/** One configuration for all suites; scripts/lib/suites.ts names the folders of each. */
export default {
  // Node itself loads the tests and what they import, once for all files that a worker runs: the files share modules.
  runner: ['jest-light-runner', { runtime: 'child_process' }],
  setupFilesAfterEnv: ['<rootDir>/test/support/telemetry-environment.js'],
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/cdk.out/', '/\\.local/'],
  modulePathIgnorePatterns: ['/cdk.out/', '/dist/', '/\\.local/'],
  maxWorkers: 2,
  globalSetup: '<rootDir>/test/support/temporary-folder.js',
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
}
