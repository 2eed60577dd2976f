import type { Denial } from '@cartwheel/local/iam'
import { flows } from './flows.ts'
import { put } from './proof.ts'
import { partsOf, describePart, without, type StatementPart } from './statement-part.ts'
import { WatchedSystem } from './watched-system.ts'

/** Whether an execution environment uses the part only at init, so that a removal takes effect only in a new system. */
export const isUsedAtInit = ({ removed }: StatementPart): boolean =>
  removed.kind === 'action' && removed.action === 'logs:CreateLogStream'

/**
 * Runs all flows on a system without the parts that environments use at init. Missing parts do not stop a flow, so all can
 * be removed together: each denial names its role.
 * @returns the denials by the description of the part
 */
export async function deniedFromTheStart(assembly: string): Promise<Map<string, Denial | undefined>> {
  const system = await WatchedSystem.start(assembly)
  try {
    // The parts of this system: an ARN may contain its creation time.
    const parts = system.iam.policies().flatMap(partsOf).filter(isUsedAtInit)
    for (const part of parts) await put(system, part.policy, without(part))
    await system.fill()
    for (const flow of flows) await system.runToTheEnd(flow)
    return new Map(parts.map((part) => [describePart(part), system.denials.find((denial) => isOf(part, denial))]))
  } finally {
    await system.stop()
  }
}

const isOf = ({ policy, removed }: StatementPart, { principal, action }: Denial) =>
  principal.kind === 'role' &&
  principal.roleArn === policy.carrier &&
  removed.kind === 'action' &&
  removed.action === action
