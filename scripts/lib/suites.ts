/** A part of `npm test` with its own counts, duration and time limit. */
export interface Suite {
  readonly name: string
  /** Seconds on two quiet cores. A suite over its budget is reported, and stopped only when it hangs. */
  readonly budgetSeconds: number
  /** The same for `npm run test:full`. */
  readonly fullBudgetSeconds: number
  /** Arguments of Node for checking whether this machine can run the suite; otherwise prints what to install, exits 1. */
  readonly precondition?: readonly string[]
  /** Run by `npm run test:full` only. */
  readonly fullOnly?: true
  /** It mostly waits for the delays of a running system, so it runs after the others, beside those that do too. */
  readonly waits?: true
  readonly runs:
    /** Arguments of Node: passes or fails as one check. */
    | { readonly tool: readonly string[] }
    /** Folders whose tests Jest runs, optionally through a script that prepares them. */
    | { readonly paths: readonly string[]; readonly script?: string }
}

/** The fastest first. */
export const suites: readonly Suite[] = [
  {
    name: 'types',
    budgetSeconds: 10,
    fullBudgetSeconds: 60,
    runs: { tool: ['node_modules/typescript/bin/tsc', '--noEmit'] },
  },
  {
    // Code of a browser has other globals than that of Node.
    name: 'web-types',
    budgetSeconds: 5,
    fullBudgetSeconds: 30,
    runs: { tool: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'web'] },
  },
  {
    name: 'lint',
    budgetSeconds: 7,
    fullBudgetSeconds: 30,
    runs: { tool: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'] },
  },
  {
    name: 'format',
    budgetSeconds: 11,
    fullBudgetSeconds: 60,
    runs: { tool: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'] },
  },
  {
    // Once for all subsequent suites; the first run also downloads the native packages for Lambda.
    name: 'synth',
    budgetSeconds: 12,
    fullBudgetSeconds: 60,
    runs: { tool: ['scripts/lib/cdk.ts'] },
  },
  {
    name: 'unit',
    budgetSeconds: 60,
    fullBudgetSeconds: 300,
    runs: { paths: ['shared/', 'services/', 'scripts/', 'bench/', 'web/'] },
  },
  { name: 'local', budgetSeconds: 35, fullBudgetSeconds: 600, runs: { paths: ['local/', 'test/parity/'] } },
  {
    name: 'infrastructure',
    budgetSeconds: 60,
    fullBudgetSeconds: 120,
    runs: { paths: ['infra/', 'test/infra/', 'test/architecture/', 'test/docs/', 'test/workflows/', 'test/deploy/'] },
  },
  { name: 'commands', budgetSeconds: 110, fullBudgetSeconds: 120, runs: { paths: ['test/commands/'] } },
  {
    name: 'durability',
    budgetSeconds: 30,
    fullBudgetSeconds: 3000,
    runs: { paths: ['test/durability/'] },
  },
  {
    // All flows, and a daily sample of four removed permissions; at full size all permissions.
    name: 'least-privilege',
    budgetSeconds: 200,
    fullBudgetSeconds: 1200,
    waits: true,
    runs: { paths: ['test/least-privilege/'] },
  },
  {
    // The app without each optional service; flows on a local system without one of them, in test:full without each.
    name: 'optional-services',
    budgetSeconds: 200,
    fullBudgetSeconds: 600,
    waits: true,
    runs: { paths: ['test/optional-services/'] },
  },
  {
    name: 'end-to-end',
    budgetSeconds: 240,
    fullBudgetSeconds: 1200,
    waits: true,
    runs: { paths: ['test/e2e/'], script: 'scripts/commands/test-e2e.ts' },
  },
  {
    // The end-to-end suite with the injected faults of 20 seeds; npm test has no time for one.
    name: 'chaos',
    budgetSeconds: 0,
    fullBudgetSeconds: 1500,
    fullOnly: true,
    runs: { paths: ['test/chaos/'] },
  },
  {
    // npm test replays recorded responses of DynamoDB Local; this suite calls it.
    name: 'parity',
    budgetSeconds: 0,
    fullBudgetSeconds: 2400,
    fullOnly: true,
    precondition: ['test/parity/test-parity.ts', '--check'],
    runs: { tool: ['test/parity/test-parity.ts'] },
  },
]
