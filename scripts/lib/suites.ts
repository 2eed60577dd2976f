/** A part of `npm test` that is counted, timed and stopped by itself. */
export interface Suite {
  readonly name: string
  /** Seconds on two cores; a suite that takes twice as long fails. */
  readonly budgetSeconds: number
  /** The same for `npm run test:full`. */
  readonly fullBudgetSeconds: number
  /** Arguments of Node that check whether this machine can run the suite; it prints what to install and exits with 1. */
  readonly precondition?: readonly string[]
  /** Run by `npm run test:full` only. */
  readonly fullOnly?: true
  readonly runs:
    /** Arguments of Node: passes or fails as one check. */
    | { readonly tool: readonly string[] }
    /** Folders whose tests Jest runs; by a script that prepares them, when one is named. */
    | { readonly paths: readonly string[]; readonly script?: string }
}

/** The fastest first. */
export const suites: readonly Suite[] = [
  {
    name: 'types',
    budgetSeconds: 8,
    fullBudgetSeconds: 60,
    runs: { tool: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  },
  {
    name: 'lint',
    budgetSeconds: 8,
    fullBudgetSeconds: 30,
    runs: { tool: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'] },
  },
  {
    name: 'format',
    budgetSeconds: 13,
    fullBudgetSeconds: 60,
    runs: { tool: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'] },
  },
  {
    // Once for all suites that follow; the first run also downloads the native packages for Lambda.
    name: 'synth',
    budgetSeconds: 10,
    fullBudgetSeconds: 60,
    runs: { tool: ['scripts/lib/cdk.ts'] },
  },
  {
    name: 'unit',
    budgetSeconds: 36,
    fullBudgetSeconds: 300,
    runs: { paths: ['shared/', 'services/', 'scripts/', 'bench/'] },
  },
  { name: 'local', budgetSeconds: 35, fullBudgetSeconds: 600, runs: { paths: ['local/', 'test/parity/'] } },
  {
    name: 'infrastructure',
    budgetSeconds: 46,
    fullBudgetSeconds: 120,
    runs: { paths: ['infra/', 'test/infra/', 'test/architecture/', 'test/docs/', 'test/workflows/', 'test/deploy/'] },
  },
  { name: 'commands', budgetSeconds: 54, fullBudgetSeconds: 120, runs: { paths: ['test/commands/'] } },
  {
    name: 'durability',
    budgetSeconds: 18,
    fullBudgetSeconds: 3000,
    runs: { paths: ['test/durability/'] },
  },
  {
    // All flows, and four permissions a day removed; at full size every one.
    name: 'least-privilege',
    budgetSeconds: 18,
    fullBudgetSeconds: 1200,
    runs: { paths: ['test/least-privilege/'] },
  },
  {
    // The app without each optional service, and its flows on a local system without one; test:full without each.
    name: 'optional-services',
    budgetSeconds: 24,
    fullBudgetSeconds: 300,
    runs: { paths: ['test/optional-services/'] },
  },
  {
    name: 'end-to-end',
    budgetSeconds: 30,
    fullBudgetSeconds: 1200,
    runs: { paths: ['test/e2e/'], script: 'scripts/commands/test-e2e.ts' },
  },
  {
    // npm test replays recorded answers of DynamoDB Local; this asks it.
    name: 'parity',
    budgetSeconds: 0,
    fullBudgetSeconds: 2400,
    fullOnly: true,
    precondition: ['test/parity/test-parity.ts', '--check'],
    runs: { tool: ['test/parity/test-parity.ts'] },
  },
]
