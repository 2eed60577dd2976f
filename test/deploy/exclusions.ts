/** A test of the end-to-end suite that cannot pass on the target, and the test that covers it. */
export interface Exclusion {
  /** The file of the excluded test. */
  readonly file: string
  /** Its title without the titles of its groups. */
  readonly test: string
  readonly reason: string
  readonly coveredBy: { readonly file: string; readonly test: string }
}

/** A feature of AWS that the target does not have, and the module in `target/` that adds it. */
export interface Adaptation {
  readonly module: string
  readonly missing: string
  /** The substitute behavior, what the run therefore does not prove, and which test does. */
  readonly instead: string
}

const noApiOrigin = 'MiniStack answers 502 for a distribution whose origin is an HTTP API.'
const web = 'test/e2e/web.test.ts'
const edge = 'test/infra/edge.test.ts'

export const exclusions: readonly Exclusion[] = [
  {
    file: web,
    test: 'a path that the API does not have is its own 404 and no page',
    reason: noApiOrigin,
    coveredBy: { file: edge, test: 'runs for pages only, so that a 404 of the API stays one' },
  },
  {
    file: web,
    test: 'a product is the same as at the API, without the ids of the caller that it was first sent to',
    reason: noApiOrigin,
    coveredBy: { file: edge, test: 'a cached answer has no ids of the caller that it was first made for' },
  },
  {
    file: web,
    test: 'a product is cached, and its earlier absence is not',
    reason: noApiOrigin,
    coveredBy: {
      file: edge,
      test: 'the catalogue is cached by path and query only as long as its Cache-Control allows',
    },
  },
  {
    file: web,
    test: 'a customer gets their own answers, and addresses below /api',
    reason: noApiOrigin,
    coveredBy: {
      file: edge,
      test: 'no private answer is cached: the API behind /api/* gets the whole request, and nothing of it is kept',
    },
  },
]

/** Each changes the target so that a test can pass, which limits the result in the same way as an exclusion. */
export const adaptations: readonly Adaptation[] = [
  {
    module: 'missing_types.py',
    missing:
      'The CloudFormation types AWS::Events::Archive, AWS::Budgets::Budget and AWS::CloudWatch::CompositeAlarm, although it has their services, and AWS::CodeDeploy::* and its service.',
    instead:
      'Its own services create them. A CodeDeploy application has only a name: an alias is updated all at once, as in dev.',
  },
  {
    module: 'missing_attributes.py',
    missing:
      'The attribute ProviderURL of AWS::Cognito::UserPool, the ARN as Ref of AWS::SecretsManager::Secret, and alarms on expressions over metrics.',
    instead:
      'The URL is built from ProviderName, and tokens are verified against it. A secret is referred to by its ARN, which the policies of its readers name. Such an alarm exists but never fires; local/ evaluates them, and its tests put each into ALARM.',
  },
  {
    module: 'missing_behaviour.py',
    missing:
      'The trigger PostConfirmation of a user pool, the 401 of an HTTP API whose authorizer throws Unauthorized, and the permission that a function needs to create a log group.',
    instead:
      'The first two are added as AWS documents them. A function writes only to a log group that exists, since no role may create one. local/ has its own implementation of all, with tests.',
  },
  {
    module: 'unknown_conditions.py',
    missing:
      'Values for the condition keys dynamodb:LeadingKeys, Attributes, ReturnValues and Select and ses:FromAddress, so that its policy evaluation denies a statement with them.',
    instead:
      'These keys are ignored; all other conditions, actions and resources are evaluated. The service boundaries that the keys enforce are tested with local/iam and in test/infra/table-access.test.ts, the sender in services/notifications/test-data/denied-calls.ts.',
  },
  {
    module: 'resources_of_calls.py',
    missing: 'The resource of ses:SendEmail: it checks for *, which only a policy for all identities allows.',
    instead: 'The resource is the sender’s identity, as in SES.',
  },
  {
    module: 'web_files.py',
    missing:
      "The Python packages of Lambda and the AWS CLI of a layer, with which CDK's function copies the files of the web.",
    instead:
      'The files are copied without the function, so that the permissions of its role are not proven; test/infra/web.test.ts lists them.',
  },
  {
    module: 'full_buckets.py',
    missing: 'The CloudFormation error for deleting a bucket that is not empty.',
    instead: 'It is added, so that destroying a stage proves that its buckets are emptied first.',
  },
  {
    module: 'json_log_patterns.py',
    missing: 'Filter patterns over the fields of JSON log lines: every line matches.',
    instead: 'Equalities of fields, joined by &&, are evaluated; no other pattern is used in the tests.',
  },
  {
    module: 'behind_tls.py',
    missing: 'TLS, unless the machine trusts a certificate for it.',
    instead: 'It treats requests as if a proxy terminated TLS, so that conditions on TLS are evaluated and true.',
  },
  {
    module: 'few_workers.py',
    missing:
      'Limits for the processes of a function: a hundred concurrent calls start a hundred, and time out on two cores.',
    instead: 'Calls of a function wait for one of four workers, so concurrency beyond that is not tested here.',
  },
  {
    module: 'stop_with_parent.py',
    missing: 'Exiting when its parent process is killed.',
    instead: 'It checks for its parent every second.',
  },
  {
    module: 'route-names.mjs',
    missing: 'The DNS names of AWS: of the API, of CloudFront and of the user pool’s keys.',
    instead: 'Requests to those names are routed to it, in the functions and in the tests.',
  },
]

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`

/** The limitations of a result: `0 exclusions, 11 adaptations of MiniStack`. */
export const reservations = `${counted(exclusions.length, 'exclusion')}, ${counted(adaptations.length, 'adaptation')} of MiniStack`
