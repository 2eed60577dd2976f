/** How a command of a workflow is run by a test. */
export type Ran =
  /** In the test of the workflows: as it stands, or in a form that takes less time or changes nothing. */
  | { readonly here: { readonly instead?: string; readonly code: number; readonly prints: string } }
  /** It is a test by itself, this script: what it runs is no command of the workflow alone. */
  | { readonly test: string }

/** Each line of a `run:` in .github/workflows. */
export const commands: Readonly<Record<string, Ran>> = {
  // Whether the lock file and the package agree is what it fails at; nothing is downloaded or touched.
  'npm ci': { here: { instead: 'npm ci --dry-run --offline --loglevel=notice', code: 0, prints: '' } },
  'npm test': { here: { instead: 'npm test -- --only lint', code: 0, prints: '1 passed, 0 failed' } },
  'npm run test:deploy': { test: 'test/deploy/test-deploy.ts' },
  'npm run test:parity': { test: 'test/parity/test-parity.ts' },
  'npm run test:e2e -- --outputs outputs-staging.json': { test: 'scripts/commands/test-e2e.ts' },
  // Exactly as they stand, without an account: the stage and the flags are right, and the account is the first thing
  // that is missed. test/commands/deploy.test.ts goes on from there.
  'npm run deploy -- --stage staging --yes --outputs outputs-staging.json': {
    here: { code: 1, prints: 'staging cannot be deployed' },
  },
  'npm run deploy -- --stage prod --yes --outputs outputs-prod.json': {
    here: { code: 1, prints: 'prod cannot be deployed' },
  },
}
