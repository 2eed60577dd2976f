/** One configuration for all suites; scripts/lib/suites.ts names the folders of each. */
export default {
  // Node itself loads the tests and what they import, once for all files, which share modules. In Jest's own process:
  // with several workers, version 0.8.2 can leave one without its configuration, and then waits for it forever.
  runner: 'jest-light-runner',
  maxWorkers: 1,
  setupFilesAfterEnv: ['<rootDir>/test/support/telemetry-environment.js'],
  moduleFileExtensions: ['js', 'mjs', 'cjs', 'ts', 'json', 'node'],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/cdk.out/', '/\\.local/'],
  modulePathIgnorePatterns: ['/cdk.out/', '/dist/', '/\\.local/'],
  globalSetup: '<rootDir>/test/support/temporary-folder.js',
  cacheDirectory: '<rootDir>/node_modules/.cache/jest',
}
