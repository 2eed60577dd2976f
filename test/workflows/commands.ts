/** How a test covers a command of a workflow. */
export type Ran =
  /** Run by the workflow test, unchanged or in a faster or read-only variant. */
  | { readonly here: { readonly instead?: string; readonly code: number; readonly prints: string } }
  /** The command is itself a test, run by this script. */
  | { readonly test: string }
  /** Packs, checks or unpacks the assemblies; one test runs these lines one after the other. */
  | 'archive'

/** Every line of every `run:` in .github/workflows. */
export const commands: Readonly<Record<string, Ran>> = {
  // Fails when lock file and package.json disagree; downloads and changes nothing.
  'npm ci': { here: { instead: 'npm ci --dry-run --offline --loglevel=notice', code: 0, prints: '' } },
  // The suite with the least work: npm test itself runs lint.
  'npm test': { here: { instead: 'npm test -- --only synth', code: 0, prints: '1 passed, 0 failed' } },
  'npm run jest -- local/test/package.test.ts': {
    here: { instead: 'npm run jest -- --listTests local/test/package', code: 0, prints: 'package.test.ts' },
  },
  // local/test/package.test.ts builds, packs and uses the package.
  'npm run build -w local': { here: { code: 0, prints: '' } },
  'npm pack ./local/dist': { here: { instead: 'npm pack ./local/dist --dry-run', code: 0, prints: '-local-0' } },
  'npm run test:deploy': { test: 'test/deploy/test-deploy.ts' },
  'npm run test:parity': { test: 'test/parity/test-parity.ts' },
  'npm run test:full': {
    here: { instead: 'npm run test:full -- --only synth', code: 0, prints: '1 passed, 0 failed' },
  },
  'npm run test:e2e -- --outputs outputs-staging.json': { test: 'scripts/commands/test-e2e.ts' },
  // The CDK of this project reads the stage. Synthesizing existing stages is part of npm test.
  'npx cdk synth --quiet -c stage=staging --output cdk.out/staging': {
    here: {
      instead: 'npx cdk synth --quiet -c stage=absent --output cdk.out/absent',
      code: 1,
      prints: 'no stage "absent"',
    },
  },
  'npx cdk synth --quiet -c stage=prod --output cdk.out/prod': {
    here: { instead: 'npx cdk synth --help', code: 0, prints: '--output' },
  },
  'tar -czf assemblies.tar.gz cdk.out/staging cdk.out/prod': 'archive',
  'echo "sha256=$(sha256sum assemblies.tar.gz)" >> "$GITHUB_OUTPUT"': 'archive',
  'echo "$SHA256" | sha256sum --check --strict': 'archive',
  'tar -xzf assemblies.tar.gz': 'archive',
  // Unchanged, without an account: stage and flags are valid, and the missing account is the first failure.
  // test/commands/deploy.test.ts covers the rest.
  'npm run deploy -- --stage staging --assembly cdk.out/staging --yes --outputs outputs-staging.json': {
    here: { code: 1, prints: 'staging cannot be deployed' },
  },
  'npm run deploy -- --stage prod --assembly cdk.out/prod --yes --outputs outputs-prod.json': {
    here: { code: 1, prints: 'prod cannot be deployed' },
  },
  // The deployment before it writes the file. npm run test:deploy runs this command in a deployment.
  'npm run seed -- --outputs outputs-staging.json --yes': {
    here: { code: 1, prints: 'outputs-staging.json does not exist' },
  },
}
