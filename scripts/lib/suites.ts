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
  /** Checked before all others: what they read is built, and a mistake of a type or of the style shows soon. */
  readonly first?: true
  readonly runs:
    /** Arguments of Node: passes or fails as one check. */
    | { readonly tool: readonly string[] }
    /** Folders whose tests Jest runs, optionally through a script that prepares them. */
    | { readonly paths: readonly string[]; readonly script?: string }
}

/** How many run at the same time on two cores. Most suites wait for a running system or other processes half of the time. */
export const atOnce = { first: 2, others: 5 }

/** Each further thread checks the types that the others have checked, in twice the processor time. */
const tsc = ['node_modules/typescript/bin/tsc', '--noEmit', '--singleThreaded']
const oxlint = 'node_modules/oxlint/bin/oxlint'
const oxfmt = 'node_modules/oxfmt/bin/oxfmt'

/** In the order in which they start; after the first ones, those that take longest. */
export const suites: readonly Suite[] = [
  // Once for all subsequent suites; the first run also downloads the native packages for Lambda.
  { name: 'synth', first: true, budgetSeconds: [22, 60], runs: { tool: ['scripts/lib/cdk.ts'] } },
  { name: 'types', first: true, budgetSeconds: [15, 60], runs: { tool: tsc } },
  // Code of a browser has other globals than that of Node.
  { name: 'web-types', first: true, budgetSeconds: [5, 30], runs: { tool: [...tsc, '-p', 'web'] } },
  { name: 'lint', first: true, budgetSeconds: [15, 30], runs: { tool: [oxlint, '--type-aware', '--deny-warnings'] } },
  { name: 'format', first: true, budgetSeconds: [3, 30], runs: { tool: [oxfmt, '--list-different'] } },
  { name: 'commands', budgetSeconds: [480, 480], runs: { paths: ['test/commands/'] } },
  {
    name: 'unit',
    budgetSeconds: [400, 400],
    runs: { paths: ['shared/', 'services/', 'scripts/', 'bench/', 'web/'] },
  },
  {
    name: 'end-to-end',
    budgetSeconds: [360, 1200],
    runs: { paths: ['test/e2e/'], script: 'scripts/commands/test-e2e.ts' },
  },
  {
    name: 'browser',
    budgetSeconds: [300, 300],
    precondition: ['test/browser/check-browser.ts'],
    runs: { paths: ['test/browser/'], script: 'scripts/commands/test-browser.ts' },
  },
  // All flows, and a daily sample of four removed permissions; at full size all permissions.
  { name: 'least-privilege', budgetSeconds: [300, 1200], runs: { paths: ['test/least-privilege/'] } },
  // The app without each optional service; flows on a local system without one of them, in test:full without each.
  { name: 'optional-services', budgetSeconds: [200, 600], runs: { paths: ['test/optional-services/'] } },
  { name: 'local', budgetSeconds: [170, 600], runs: { paths: ['local/', 'test/parity/'] } },
  {
    name: 'infrastructure',
    budgetSeconds: [150, 150],
    runs: { paths: ['infra/', 'test/infra/', 'test/architecture/', 'test/docs/', 'test/workflows/', 'test/deploy/'] },
  },
  { name: 'durability', budgetSeconds: [100, 3000], runs: { paths: ['test/durability/'] } },
  // The end-to-end suite with the injected faults of 20 seeds; npm test has no time for one.
  { name: 'chaos', budgetSeconds: [0, 5400], fullOnly: true, runs: { paths: ['test/chaos/'] } },
  {
    // npm test replays recorded responses of DynamoDB Local; this suite calls it.
    name: 'parity',
    budgetSeconds: [0, 2400],
    fullOnly: true,
    precondition: ['test/parity/test-parity.ts', '--check'],
    runs: { tool: ['test/parity/test-parity.ts'] },
  },
]
