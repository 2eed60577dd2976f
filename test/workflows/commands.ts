/** How a test covers a command of a workflow. */
export type Ran =
  /** Run by the workflow test, unchanged or in a faster or read-only variant. */
  | { readonly here: { readonly instead?: string; readonly code: number; readonly prints: string } }
  /** The command is itself a test, run by this script. */
  | { readonly test: string }

/** Every line of every `run:` in .github/workflows. */
export const commands: Readonly<Record<string, Ran>> = {
  // Fails when lock file and package.json disagree; downloads and changes nothing.
  'npm ci': { here: { instead: 'npm ci --dry-run --offline --loglevel=notice', code: 0, prints: '' } },
  'npm test': { here: { instead: 'npm test -- --only lint', code: 0, prints: '1 passed, 0 failed' } },
  'npm run test:deploy': { test: 'test/deploy/test-deploy.ts' },
  'npm run test:parity': { test: 'test/parity/test-parity.ts' },
  'npm run test:e2e -- --outputs outputs-staging.json': { test: 'scripts/commands/test-e2e.ts' },
  // Unchanged, without an account: stage and flags are valid, and the missing account is the first failure.
  // test/commands/deploy.test.ts covers the rest.
  'npm run deploy -- --stage staging --yes --outputs outputs-staging.json': {
    here: { code: 1, prints: 'staging cannot be deployed' },
  },
  'npm run deploy -- --stage prod --yes --outputs outputs-prod.json': {
    here: { code: 1, prints: 'prod cannot be deployed' },
  },
}
