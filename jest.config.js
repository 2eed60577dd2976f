/** One configuration for all suites; scripts/commands/test.ts names the folders that make up each of them. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } }],
  },
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/cdk.out/', '/\\.local/'],
  modulePathIgnorePatterns: ['/cdk.out/', '/dist/', '/\\.local/'],
  maxWorkers: 2,
  // Ends a test that hangs, and none that a busy machine holds up: no test waits for it to pass.
  testTimeout: 300_000,
}
