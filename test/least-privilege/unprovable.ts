import { failurePrefix } from '#shared/lambda/lambda-names.ts'
import { isTrust, listOf, statementsOf, type StatementPart } from './statement-part.ts'

/** @returns why a part cannot be proven locally; undefined for a part that must be proven */
export function unprovable(part: StatementPart): string | undefined {
  if (isOnFailureDestination(part)) {
    return 'Lambda uses it for records that stayed unhandled for hours; test/infra requires it for the mapping'
  }
  if (isDeadLetterDestination(part)) {
    return 'Scheduler and Lambda use it for executions that failed for an hour; test/infra requires it for the schedule'
  }
  if (isOfWebDeployment(part)) {
    return "CDK's function that copies the web's files is built into the local system; test/infra/web.test.ts lists what it may do"
  }
  if (listOf(part.statement.Action).join() === 'secretsmanager:GetSecretValue') {
    return 'An environment reads a secret once in five minutes, so that its removal denies nothing that a flow waits for'
  }
  if (isOfSecondFile(part)) {
    return 'It needs two files of one form that are processed at the same time; use-cases/make-thumbnails.test.ts of thumbnails does that'
  }
  const { Service } = (part.statement.Principal ?? {}) as { Service?: string }
  if (isTrust(part) && Service === 'codedeploy.amazonaws.com') {
    return 'CodeDeploy, which updates the alias of a function in a release, is not emulated'
  }
  return undefined
}

/** Deleting thumbnails is unlike deleting originals: the function stores them, too. */
const isOfSecondFile = ({ policy, statement, removed }: StatementPart): boolean =>
  removed.kind === 'action' &&
  removed.action === 's3:DeleteObject' &&
  listOf(statement.Action).includes('s3:PutObject') &&
  /-thumbnails-makethumbnailsrole/i.test(policy.carrier)

/** Its role, also in the policy that lets Lambda assume it. */
const isOfWebDeployment = ({ policy }: StatementPart): boolean => /-web-role/i.test(policy.carrier)

/** With which a role sends; consumers and rules have no such statement, since queues and rules move messages themselves. */
const isDeadLetterDestination = ({ policy, statement }: StatementPart): boolean =>
  policy.kind === 'identity' && listOf(statement.Action).join() === 'sqs:SendMessage'

/** Where Lambda stores in a bucket what a function could not handle. */
const failureKeys = `/${failurePrefix}*`

const bucketsOfFailures = ({ policy }: StatementPart) =>
  statementsOf(policy)
    .flatMap(({ Resource }) => listOf(Resource))
    .filter((resource) => resource.endsWith(failureKeys))
    .map((resource) => resource.slice(0, -failureKeys.length))

function isOnFailureDestination(part: StatementPart): boolean {
  const { removed, statement } = part
  if (removed.kind === 'resource') return removed.resource.endsWith(failureKeys)
  const [action] = listOf(statement.Action)
  const [resource] = listOf(statement.Resource)
  return action === 's3:ListBucket' && resource !== undefined && bucketsOfFailures(part).includes(resource)
}
