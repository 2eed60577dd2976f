import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import { type Denial, carrierOf, type AttachedPolicy, type PolicyDocument } from '@cartwheel/local/iam'
import { setTimeout } from 'node:timers/promises'
import { eventually } from '#scripts/lib/api-client.ts'
import type { Flow } from './flow.ts'
import { flows } from './flows.ts'
import { queueUrl } from './queues.ts'
import { matters, without, type StatementPart } from './statement-part.ts'
import type { WatchedSystem, WatchedDecision } from './watched-system.ts'

/** The outcome of the flows that need a part, after it was removed. */
export type Proof =
  | { readonly kind: 'denied'; readonly flow: string; readonly denial: Denial }
  | { readonly kind: 'not-denied'; readonly flows: readonly string[] }

/** How long after its flow a denial may occur: a poller polls again once it has handled its messages. */
const graceMs = 60_000

/** How long a poller may take to retry a denied call. */
const recoveryMs = 120_000

/** The decisions by the part's statement that would be different without the part. */
export function dependents(part: StatementPart, decisions: readonly WatchedDecision[]): WatchedDecision[] {
  const { carrier, policy } = part.policy
  return decisions.filter(({ decision, request }) => {
    if (decision.outcome !== 'allowed') return false
    const { by } = decision
    return by.carrier === carrier && by.policy === policy && by.number === part.number && matters(part, request)
  })
}

/** The flows that need the part: those without pending work first, then those with the fewest decisions. */
function flowsNeeding(part: StatementPart, decisions: readonly WatchedDecision[]): Flow[] {
  const names = new Set(dependents(part, decisions).map(({ flow }) => flow))
  const size = ({ name, leavesWork }: Flow) =>
    decisions.filter(({ flow }) => flow === name).length + (leavesWork ? decisions.length : 0)
  return flows.filter(({ name }) => names.has(name)).toSorted((a, b) => size(a) - size(b))
}

/**
 * Removes the part from its policy while the system runs, and runs a flow that needs it: IAM must deny the calls that
 * the part allowed. The policy is restored when this returns, and pending work continues.
 * @param decisions of a run of all flows with complete policies
 */
export async function prove(
  system: WatchedSystem,
  part: StatementPart,
  decisions: readonly WatchedDecision[],
): Promise<Proof> {
  const needing = flowsNeeding(part, decisions)
  const expected = matches(part, dependents(part, decisions))
  let found: Extract<Proof, { kind: 'denied' }> | undefined
  await put(system, part.policy, without(part))
  try {
    for (const flow of needing) {
      const denial = await deniedIn(system, flow, expected)
      if (denial) found = { kind: 'denied', flow: flow.name, denial }
      if (found) break
    }
  } finally {
    await put(system, part.policy, part.policy.document)
  }
  if (found && isRetried(found.denial, decisions)) await allowedAgain(system, found.denial)
  return found ?? { kind: 'not-denied', flows: needing.map(({ name }) => name) }
}

/** Matches the denial of a request that the part allowed before. Complete policies deny nothing. */
function matches(part: StatementPart, depending: readonly WatchedDecision[]): (denial: Denial) => boolean {
  const { kind, carrier } = part.policy
  const actions = new Set(depending.map(({ request }) => request.action))
  return ({ principal, action, resource }) =>
    actions.has(action) &&
    (part.removed.kind !== 'resource' || matters(part, { action, resource })) &&
    (kind === 'identity'
      ? principal.kind === 'role' && principal.roleArn === carrier
      : principal.kind === 'service' && carrierOf(resource) === carrier)
}

/** Runs the flow until the denial occurs, and then aborts it. */
async function deniedIn(
  system: WatchedSystem,
  flow: Flow,
  expected: (denial: Denial) => boolean,
): Promise<Denial | undefined> {
  const over = new AbortController()
  const denial = system.denial(expected, over.signal).catch(() => undefined)
  const running = system.run(flow, over.signal).catch(() => undefined)
  const timedOut = running.then(() => setTimeout(graceMs, undefined, { signal: over.signal })).catch(() => undefined)
  const found = await Promise.race([denial, timedOut])
  over.abort()
  await running
  return found
}

const polls = ['sqs:GetQueueAttributes', 'sqs:ReceiveMessage']
const telemetry = /^(logs|xray):/

/** Whether the denied call is retried without a new request: by a queue's poller, or by the poller of a shard. */
function isRetried({ principal, action }: Denial, decisions: readonly WatchedDecision[]): boolean {
  if (principal.kind !== 'role' || telemetry.test(action)) return false
  const readsShard = decisions.some(
    (each) =>
      each.request.action === 'dynamodb:GetRecords' &&
      each.principal.kind === 'role' &&
      each.principal.roleArn === principal.roleArn,
  )
  return polls.includes(action) || readsShard
}

/** Waits for the retry, since pollers back off and a failed record blocks its shard: the next proof starts without delay. */
async function allowedAgain(system: WatchedSystem, { functionName, action }: Denial): Promise<void> {
  const from = system.decisions.length
  const again = ({ principal, request, decision }: WatchedDecision) =>
    decision.outcome === 'allowed' &&
    request.action === action &&
    principal.kind === 'role' &&
    principal.functionName === functionName
  await eventually(
    `${action} of ${functionName} to be retried`,
    async () => system.decisions.slice(from).some(again),
    recoveryMs,
  )
}

/** Replaces a policy's document; for a queue through SQS, which overwrites it whenever its attributes change. */
export async function put(system: WatchedSystem, policy: AttachedPolicy, document: PolicyDocument): Promise<void> {
  const { kind, carrier } = policy
  if (kind === 'identity') return system.iam.putRolePolicy(carrier, policy.policy, document)
  if (!carrier.startsWith('arn:aws:sqs:')) return system.iam.putResourcePolicy(carrier, policy.policy, document)
  const QueueUrl = await queueUrl(system.aws.sqs, carrier)
  await system.aws.sqs.send(
    new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: JSON.stringify(document) } }),
  )
}
