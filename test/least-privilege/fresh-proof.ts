import {
  copyFileSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Denial } from '@cartwheel/local/iam'
import { flows } from './flows.ts'
import { put } from './proof.ts'
import { carrierName, partsOf, describePart, without, type StatementPart } from './statement-part.ts'
import { WatchedSystem } from './watched-system.ts'

/** Whether an execution environment uses the part only at init, so that a removal takes effect only in a new system. */
export const isUsedAtInit = ({ removed }: StatementPart): boolean =>
  removed.kind === 'action' && removed.action === 'logs:CreateLogStream'

/** Whether the part lets a service assume a role, which a deployment checks. */
export const isTrust = ({ statement }: StatementPart): boolean => [statement.Action].flat()[0] === 'sts:AssumeRole'

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

/** Deploys templates in which no service may assume the role. @returns the error, or undefined */
export async function deployedWithout(assembly: string, part: StatementPart): Promise<string | undefined> {
  const copy = copyOf(assembly)
  try {
    removeTrust(copy, part)
    const system = await WatchedSystem.start(copy)
    await system.stop()
    return undefined
  } catch (error) {
    return (error as Error).message
  } finally {
    rmSync(copy, { recursive: true })
  }
}

/** Templates and manifest are copied, the functions' code is linked. */
function copyOf(assembly: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'assembly-'))
  for (const entry of readdirSync(assembly, { withFileTypes: true })) {
    const from = resolve(assembly, entry.name)
    if (entry.isDirectory()) symlinkSync(from, join(copy, entry.name))
    else copyFileSync(from, join(copy, entry.name))
  }
  return copy
}

function removeTrust(assembly: string, { policy }: StatementPart): void {
  const logicalId = policy.policy.replace('trust policy of ', '')
  const named = globSync('*.template.json', { cwd: assembly }).map((name) => join(assembly, name))
  const file = named.find((name) => carrierName(policy).includes(stackOf(name)) && logicalId in resourcesOf(name))
  if (!file) throw new Error(`No template declares the role ${logicalId}.`)
  const template = JSON.parse(readFileSync(file, 'utf8'))
  template.Resources[logicalId].Properties.AssumeRolePolicyDocument.Statement = []
  writeFileSync(file, JSON.stringify(template))
}

const stackOf = (file: string): string => file.split('/').at(-1)!.replace('.template.json', '')
const resourcesOf = (file: string): object => JSON.parse(readFileSync(file, 'utf8')).Resources
