/** A test of the end-to-end suite that cannot hold on the target, and the one that holds in its place. */
export interface Exclusion {
  /** The file that the excluded test stands in. */
  readonly file: string
  /** Its name without those of the groups around it. */
  readonly test: string
  readonly reason: string
  readonly coveredBy: { readonly file: string; readonly test: string }
}

/** What the target lacks of AWS, and the module below `target/` that adds it when the target starts. */
export interface Adaptation {
  readonly module: string
  readonly lacks: string
  /** What the run therefore does not prove, and what does. */
  readonly instead: string
}

/** More than these, and the run would prove less than it says. */
export const mostExclusions = 10

/** With more changes, or longer ones, it would be our own AWS that is tested, and no longer somebody else's. */
export const mostAdaptations = 12
export const mostAdaptedLines = 450

/** Empty: all tests of the end-to-end suite hold. */
export const exclusions: readonly Exclusion[] = []

/** Each is a place where the target was changed so that a test could hold: as telling as an exclusion. */
export const adaptations: readonly Adaptation[] = [
  {
    module: 'missing_types.py',
    lacks:
      'The CloudFormation types AWS::Events::Archive, AWS::Budgets::Budget and AWS::CloudWatch::CompositeAlarm, though it has their services, and AWS::CodeDeploy::*, whose service it has not.',
    instead:
      'Its own services make them. A CodeDeploy application is a name and no more: an alias moves at once, as it does in dev.',
  },
  {
    module: 'missing_attributes.py',
    lacks: 'The attribute ProviderURL of AWS::Cognito::UserPool, and alarms on expressions over metrics.',
    instead:
      'The URL is made of ProviderName, and tokens are verified against it. Such an alarm exists without ever firing; local/ evaluates them, and its tests drive each into ALARM.',
  },
  {
    module: 'missing_behaviour.py',
    lacks:
      'The trigger PostConfirmation of a user pool, and the 401 of an HTTP API whose authorizer throws Unauthorized.',
    instead: 'Both are added as AWS documents them. local/ has its own of both, with tests.',
  },
  {
    module: 'unknown_conditions.py',
    lacks:
      'Values for the condition keys dynamodb:LeadingKeys, Attributes, ReturnValues and Select, so that its policy evaluation denies whatever asks for them.',
    instead:
      'These keys are left out, all other conditions, actions and resources are evaluated. The walls that the keys make are tested with local/iam and in test/infra/table-access.test.ts.',
  },
  {
    module: 'resources_of_calls.py',
    lacks:
      'The resource that ses:SendEmail is checked on: it takes any, which only a policy for all identities allows.',
    instead: 'The sender’s identity is named, as SES does.',
  },
  {
    module: 'full_buckets.py',
    lacks: 'The refusal of CloudFormation to delete a bucket that holds anything.',
    instead: 'It is added, so that destroying a stage shows that its buckets are emptied before.',
  },
  {
    module: 'json_log_patterns.py',
    lacks: 'Filter patterns over the fields of JSON log lines: it takes every line as matching.',
    instead: 'Equalities of fields, joined by &&, are evaluated; no other pattern is used in the tests.',
  },
  {
    module: 'behind_tls.py',
    lacks: 'TLS, unless the machine trusts a certificate for it.',
    instead: 'It is told that TLS ended before it, so that policies that ask for TLS are evaluated, and met.',
  },
  {
    module: 'few_workers.py',
    lacks: 'Limits to the processes of a function: a hundred calls at once start a hundred, and time out on two cores.',
    instead: 'Calls of a function wait for one of four workers, so concurrency beyond that is not tested here.',
  },
  {
    module: 'stop_with_parent.py',
    lacks: 'An end with the process that started it, when that is killed.',
    instead: 'It looks for its parent every second.',
  },
  {
    module: 'route-names.mjs',
    lacks: 'The names of AWS in the DNS: of the API, of CloudFront and of the user pool’s keys.',
    instead: 'Fetching by those names leads to it, in the functions and in the tests alike.',
  },
]

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`

/** What a result has to be read with: `0 exclusions, 11 adaptations of MiniStack`. */
export const reservations = `${counted(exclusions.length, 'exclusion')}, ${counted(adaptations.length, 'adaptation')} of MiniStack`
