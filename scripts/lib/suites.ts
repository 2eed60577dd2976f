import { missingForDynamoDbLocal } from '#test/parity/dynamodb-local.ts'

/** A part of `npm test` that is counted, timed and stopped by itself. */
export interface Suite {
  readonly name: string
  /** What the whole suite may take on two cores; more is told, and after ten times as much it is stopped and has failed. */
  readonly budgetSeconds: number
  /** The same for `npm run test:full`. */
  readonly fullBudgetSeconds: number
  /** What keeps the suite from running on this machine, in a sentence that says what to install; undefined when nothing does. */
  readonly lacks?: () => string | undefined
  /** Whether `npm test` leaves it to `npm run test:full`. */
  readonly fullOnly?: true
  readonly runs:
    /** Arguments of Node: passes or fails as one check. */
    | { readonly tool: readonly string[] }
    /** Folders whose tests Jest runs; through a script that prepares them, when one is named. */
    | { readonly paths: readonly string[]; readonly script?: string }
}

/** In the order of how soon a mistake shows. Budgets are well above what a run takes on two cores. */
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
    budgetSeconds: 14,
    fullBudgetSeconds: 60,
    runs: { tool: ['node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'] },
  },
  {
    // Once for all suites that follow; the first time also the machine code for Lambda is fetched.
    name: 'synth',
    budgetSeconds: 12,
    fullBudgetSeconds: 60,
    runs: { tool: ['scripts/lib/synthesize.ts'] },
  },
  {
    name: 'unit',
    budgetSeconds: 38,
    fullBudgetSeconds: 300,
    runs: { paths: ['shared/', 'services/', 'scripts/', 'bench/'] },
  },
  { name: 'local', budgetSeconds: 40, fullBudgetSeconds: 600, runs: { paths: ['local/', 'test/parity/'] } },
  {
    name: 'infrastructure',
    budgetSeconds: 42,
    fullBudgetSeconds: 120,
    runs: { paths: ['infra/', 'test/infra/', 'test/architecture/', 'test/docs/', 'test/workflows/', 'test/deploy/'] },
  },
  { name: 'commands', budgetSeconds: 58, fullBudgetSeconds: 120, runs: { paths: ['test/commands/'] } },
  {
    // A mail that was being sent at a kill comes again when its queue hands it out again, half a minute later.
    name: 'durability',
    budgetSeconds: 23,
    fullBudgetSeconds: 3000,
    runs: { paths: ['test/durability/'] },
  },
  {
    // All flows, and four permissions a day taken away; at full size every one.
    name: 'least-privilege',
    budgetSeconds: 22,
    fullBudgetSeconds: 1200,
    runs: { paths: ['test/least-privilege/'] },
  },
  {
    name: 'end-to-end',
    budgetSeconds: 35,
    fullBudgetSeconds: 1200,
    runs: { paths: ['test/e2e/'], script: 'scripts/commands/test-e2e.ts' },
  },
  {
    // npm test replays what DynamoDB Local answered once; this asks it.
    name: 'parity',
    budgetSeconds: 0,
    fullBudgetSeconds: 2400,
    fullOnly: true,
    lacks: missingForDynamoDbLocal,
    runs: { tool: ['test/parity/test-parity.ts'] },
  },
]
