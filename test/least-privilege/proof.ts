import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs'
import type { Denial } from '@cartwheel/local/iam/iam.ts'
import { carrierOf, type AttachedPolicy } from '@cartwheel/local/iam/policy-store.ts'
import type { PolicyDocument } from '@cartwheel/local/iam/types.ts'
import { setTimeout } from 'node:timers/promises'
import { eventually } from '#scripts/lib/api-client.ts'
import type { Flow } from './flow.ts'
import { flows } from './flows.ts'
import { queueUrl } from './queues.ts'
import { matters, without, type StatementPart } from './statement-part.ts'
import type { WatchedSystem, Witnessed } from './watched-system.ts'

/** What became of the flow that needed a part when the part was taken away. */
export type Proof =
  | { readonly kind: 'denied'; readonly flow: string; readonly denial: Denial }
  | { readonly kind: 'not-denied'; readonly flows: readonly string[] }

/** How long a denial may come after its flow has ended: a poller asks again when it has handled what it had. */
const graceMs = 60_000

/** How long what was denied may take to be tried again by whoever tries by itself. */
const healingMs = 120_000

/** The decisions that the part's statement made, and that would be others without the part. */
export function dependents(part: StatementPart, decisions: readonly Witnessed[]): Witnessed[] {
  const { carrier, policy } = part.policy
  return decisions.filter(({ decision, request }) => {
    if (decision.outcome !== 'allowed') return false
    const { by } = decision
    return by.carrier === carrier && by.policy === policy && by.number === part.number && matters(part, request)
  })
}

/** The flows that need the part: those that leave nothing behind first, then those that ask IAM for least. */
function flowsNeeding(part: StatementPart, decisions: readonly Witnessed[]): Flow[] {
  const names = new Set(dependents(part, decisions).map(({ flow }) => flow))
  const size = ({ name, lingers }: Flow) =>
    decisions.filter(({ flow }) => flow === name).length + (lingers ? decisions.length : 0)
  return flows.filter(({ name }) => names.has(name)).toSorted((a, b) => size(a) - size(b))
}

/**
 * Takes the part out of its policy while the system runs, and runs a flow that needs it: IAM must refuse what the part
 * allowed, to whom it was allowed. The policy is whole again when this returns, and what was held up goes on.
 * @param decisions of a run of all flows with the policies as they are
 */
export async function prove(
  system: WatchedSystem,
  part: StatementPart,
  decisions: readonly Witnessed[],
): Promise<Proof> {
  const needing = flowsNeeding(part, decisions)
  const expected = fitting(part, dependents(part, decisions))
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

/** The denial of a request that the part allowed before. Nothing is denied while the policies are whole. */
function fitting(part: StatementPart, depending: readonly Witnessed[]): (denial: Denial) => boolean {
  const { kind, carrier } = part.policy
  const actions = new Set(depending.map(({ request }) => request.action))
  return ({ principal, action, resource }) =>
    actions.has(action) &&
    (part.taken.kind !== 'resource' || matters(part, { action, resource })) &&
    (kind === 'identity'
      ? principal.kind === 'role' && principal.roleArn === carrier
      : principal.kind === 'service' && carrierOf(resource) === carrier)
}

/** Runs the flow until the denial comes. What fails or waits in vain for its sake need not be waited for. */
async function deniedIn(
  system: WatchedSystem,
  flow: Flow,
  expected: (denial: Denial) => boolean,
): Promise<Denial | undefined> {
  const over = new AbortController()
  const denial = system.denial(expected, over.signal).catch(() => undefined)
  const running = system.run(flow, over.signal).catch(() => undefined)
  const inVain = running.then(() => setTimeout(graceMs, undefined, { signal: over.signal })).catch(() => undefined)
  const found = await Promise.race([denial, inVain])
  over.abort()
  await running
  return found
}

const polls = ['sqs:GetQueueAttributes', 'sqs:ReceiveMessage']
const telemetry = /^(logs|xray):/

/** Whether somebody tries again by itself: a poller of a queue, and everything about a shard, which waits until then. */
function isRetried({ principal, action }: Denial, decisions: readonly Witnessed[]): boolean {
  if (principal.kind !== 'role' || telemetry.test(action)) return false
  const readsShard = decisions.some(
    (each) =>
      each.request.action === 'dynamodb:GetRecords' &&
      each.principal.kind === 'role' &&
      each.principal.roleArn === principal.roleArn,
  )
  return polls.includes(action) || readsShard
}

/** Pollers wait longer after each failure, and a shard holds up everything behind it: the next proof begins on time. */
async function allowedAgain(system: WatchedSystem, { functionName, action }: Denial): Promise<void> {
  const from = system.decisions.length
  const again = ({ principal, request, decision }: Witnessed) =>
    decision.outcome === 'allowed' &&
    request.action === action &&
    principal.kind === 'role' &&
    principal.functionName === functionName
  await eventually(
    `${action} of ${functionName} to be tried again`,
    async () => system.decisions.slice(from).some(again),
    healingMs,
  )
}

/** Puts a document in the place of a policy; that of a queue by its own API, since a queue publishes it with every change. */
export async function put(system: WatchedSystem, policy: AttachedPolicy, document: PolicyDocument): Promise<void> {
  const { kind, carrier } = policy
  if (kind === 'identity') return system.iam.putRolePolicy(carrier, policy.policy, document)
  if (!carrier.startsWith('arn:aws:sqs:')) return system.iam.putResourcePolicy(carrier, policy.policy, document)
  const QueueUrl = await queueUrl(system.aws.sqs, carrier)
  await system.aws.sqs.send(
    new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: JSON.stringify(document) } }),
  )
}
