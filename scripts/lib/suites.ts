/** A part of `npm test` with its own counts, duration and time limit. */
export interface Suite {
  readonly name: string
  /**
   * Seconds on two cores, beside the suites that run at the same time, and the same for `npm run test:full`. One over its
   * budget is reported, and stopped only when it hangs.
   */
  readonly budgetSeconds: readonly [number, full: number]
  /** Arguments of Node for checking whether this machine can run the suite; otherwise prints what to install, exits 1. */
  readonly precondition?: readonly string[]
  /** Run by `npm run test:full` only. */
  readonly fullOnly?: true
  /**
   * `first`: before all others, two at a time. Then those that `compute` run one after the other, and beside them those
   * that mostly wait for a running system or other processes, several at a time.
   */
  readonly pace: 'first' | 'computes' | 'waits'
  readonly runs:
    /** Arguments of Node: passes or fails as one check. */
    | { readonly tool: readonly string[] }
    /** Folders whose tests Jest runs, optionally through a script that prepares them. */
    | { readonly paths: readonly string[]; readonly script?: string }
}

/** Suites that wait leave the processor to others: four of them and one that computes occupy two cores. */
export const waitingAtOnce = 4

/** Each further thread checks the types that the others have checked, in twice the processor time. */
const tsc = ['node_modules/typescript/bin/tsc', '--noEmit', '--singleThreaded']
const oxlint = 'node_modules/oxlint/bin/oxlint'
const oxfmt = 'node_modules/oxfmt/bin/oxfmt'

/** In the order in which they start. */
export const suites: readonly Suite[] = [
  // Once for all subsequent suites; the first run also downloads the native packages for Lambda.
  { name: 'synth', pace: 'first', budgetSeconds: [12, 60], runs: { tool: ['scripts/lib/cdk.ts'] } },
  { name: 'types', pace: 'first', budgetSeconds: [12, 60], runs: { tool: tsc } },
  // Code of a browser has other globals than that of Node.
  { name: 'web-types', pace: 'first', budgetSeconds: [5, 30], runs: { tool: [...tsc, '-p', 'web'] } },
  { name: 'lint', pace: 'first', budgetSeconds: [12, 30], runs: { tool: [oxlint, '--type-aware', '--deny-warnings'] } },
  { name: 'format', pace: 'first', budgetSeconds: [3, 30], runs: { tool: [oxfmt, '--list-different'] } },
  {
    name: 'unit',
    pace: 'computes',
    budgetSeconds: [150, 300],
    runs: { paths: ['shared/', 'services/', 'scripts/', 'bench/', 'web/'] },
  },
  { name: 'local', pace: 'computes', budgetSeconds: [80, 600], runs: { paths: ['local/', 'test/parity/'] } },
  {
    name: 'infrastructure',
    pace: 'computes',
    budgetSeconds: [80, 120],
    runs: { paths: ['infra/', 'test/infra/', 'test/architecture/', 'test/docs/', 'test/workflows/', 'test/deploy/'] },
  },
  { name: 'commands', pace: 'waits', budgetSeconds: [240, 300], runs: { paths: ['test/commands/'] } },
  // All flows, and a daily sample of four removed permissions; at full size all permissions.
  { name: 'least-privilege', pace: 'waits', budgetSeconds: [200, 1200], runs: { paths: ['test/least-privilege/'] } },
  {
    name: 'end-to-end',
    pace: 'waits',
    budgetSeconds: [240, 1200],
    runs: { paths: ['test/e2e/'], script: 'scripts/commands/test-e2e.ts' },
  },
  {
    name: 'browser',
    pace: 'waits',
    budgetSeconds: [170, 300],
    precondition: ['test/browser/check-browser.ts'],
    runs: { paths: ['test/browser/'], script: 'scripts/commands/test-browser.ts' },
  },
  // The app without each optional service; flows on a local system without one of them, in test:full without each.
  { name: 'optional-services', pace: 'waits', budgetSeconds: [200, 600], runs: { paths: ['test/optional-services/'] } },
  { name: 'durability', pace: 'waits', budgetSeconds: [40, 3000], runs: { paths: ['test/durability/'] } },
  // The end-to-end suite with the injected faults of 20 seeds; npm test has no time for one.
  { name: 'chaos', pace: 'waits', budgetSeconds: [0, 1500], fullOnly: true, runs: { paths: ['test/chaos/'] } },
  {
    // npm test replays recorded responses of DynamoDB Local; this suite calls it.
    name: 'parity',
    pace: 'waits',
    budgetSeconds: [0, 2400],
    fullOnly: true,
    precondition: ['test/parity/test-parity.ts', '--check'],
    runs: { tool: ['test/parity/test-parity.ts'] },
  },
]
