import type { Denial } from '@cartwheel/local/iam/iam.ts'
import { describePrincipal } from '@cartwheel/local/iam/principal.ts'
import { deniedFromTheStart, deployedWithout, isAskedAtFirst, isTrust } from './fresh-proof.ts'
import { ClearCalls } from './in-the-clear.ts'
import { dependents, prove } from './proof.ts'
import { partsOf, tell, type StatementPart } from './statement-part.ts'
import { betweenFlows, WatchedSystem, type Witnessed } from './watched-system.ts'

/** Whether something fails without a part, and what. */
export interface Verdict {
  readonly proven: boolean
  /** What failed, or what did not, in one line. */
  readonly evidence: string
}

/** Takes parts of policies away one by one and tells what becomes of the flows that needed them. */
export class Prover {
  readonly system: WatchedSystem
  /** Of all policies, those of roles and those of resources. */
  readonly parts: readonly StatementPart[]
  readonly #assembly: string
  readonly #clear: ClearCalls
  /** What was decided while the policies were whole. */
  #decisions: readonly Witnessed[] | undefined
  #fromTheStart: Promise<Map<string, Denial | undefined>> | undefined

  private constructor(assembly: string, system: WatchedSystem, parts: readonly StatementPart[], clear: ClearCalls) {
    this.#assembly = assembly
    this.system = system
    this.parts = parts
    this.#clear = clear
  }

  /** @param assembly the folder that `cdk synth` wrote */
  static async start(assembly: string): Promise<Prover> {
    const system = await WatchedSystem.start(assembly)
    const parts = system.iam.policies().flatMap(partsOf)
    await system.fill()
    return new Prover(assembly, system, parts, await ClearCalls.on(system))
  }

  async stop(): Promise<void> {
    this.#clear.destroy()
    await this.system.stop()
  }

  /** The flows, and the deployment, whose calls would be decided otherwise without the part. */
  neededBy(part: StatementPart): string[] {
    if (part.statement.Effect === 'Deny') return ['calls without TLS']
    const names = new Set(dependents(part, this.#known()).map(({ flow }) => flow))
    return [...names].map((name) => (name === betweenFlows ? 'the deployment' : name))
  }

  /** Run all flows once before, so that it is known which of them needs what. */
  async verdict(part: StatementPart): Promise<Verdict> {
    if (part.statement.Effect === 'Deny') return this.#withoutDeny(part)
    if (isTrust(part)) return this.#withoutTrust(part)
    if (isAskedAtFirst(part)) return this.#neverGiven(part)
    const proof = await prove(this.system, part, this.#known())
    return proof.kind === 'denied'
      ? { proven: true, evidence: `“${proof.flow}”: ${tellDenial(proof.denial)}` }
      : { proven: false, evidence: `nothing was denied in: ${proof.flows.join(', ') || 'no flow needs it'}` }
  }

  /** Decisions are noted up to the first time that a part is taken away. */
  #known(): readonly Witnessed[] {
    return (this.#decisions ??= [...this.system.decisions])
  }

  async #withoutDeny(part: StatementPart): Promise<Verdict> {
    const proof = await this.#clear.prove(part)
    return proof.kind === 'refused-by-it-alone'
      ? { proven: true, evidence: 'a call without TLS is refused by it and succeeds without it' }
      : { proven: false, evidence: `a call without TLS on ${proof.resource}: ${proof.kind}` }
  }

  async #withoutTrust(part: StatementPart): Promise<Verdict> {
    const failure = await deployedWithout(this.#assembly, part)
    return failure?.includes(part.policy.carrier)
      ? { proven: true, evidence: `the deployment: ${failure}` }
      : { proven: false, evidence: failure ?? 'the deployment succeeds without it' }
  }

  async #neverGiven(part: StatementPart): Promise<Verdict> {
    this.#fromTheStart ??= deniedFromTheStart(this.#assembly)
    const denial = (await this.#fromTheStart).get(tell(part))
    return denial
      ? { proven: true, evidence: `the first line of a new environment: ${tellDenial(denial)}` }
      : { proven: false, evidence: 'nothing was denied in any flow' }
  }
}

const tellDenial = ({ principal, functionName, action, resource }: Denial): string =>
  `${functionName ?? describePrincipal(principal)} was denied ${action} on ${resource}`
