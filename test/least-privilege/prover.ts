import { type Denial, describePrincipal } from '@cartwheel/local/iam'
import { deniedFromTheStart, isUsedAtInit } from './fresh-proof.ts'
import { dependents, prove } from './proof.ts'
import { describePart, partsOf, type StatementPart } from './statement-part.ts'
import { WatchedSystem, type WatchedDecision } from './watched-system.ts'

/** Whether a call is denied without the part. */
export interface Verdict {
  readonly proven: boolean
  /** One line. */
  readonly evidence: string
}

/** Removes parts of policies one by one, and reports whether calls of the flows that need them are denied. */
export class Prover {
  readonly system: WatchedSystem
  /** Of the policies of all roles and resources. */
  readonly parts: readonly StatementPart[]
  readonly #assembly: string
  /** The decisions with complete policies. */
  #decisions: readonly WatchedDecision[] | undefined
  #fromTheStart: Promise<Map<string, Denial | undefined>> | undefined

  private constructor(assembly: string, system: WatchedSystem, parts: readonly StatementPart[]) {
    this.#assembly = assembly
    this.system = system
    this.parts = parts
  }

  /** @param assembly the folder that `cdk synth` wrote */
  static async start(assembly: string): Promise<Prover> {
    const system = await WatchedSystem.start(assembly)
    const parts = system.iam.policies().flatMap(partsOf)
    await system.fill()
    return new Prover(assembly, system, parts)
  }

  stop(): Promise<void> {
    return this.system.stop()
  }

  /** Whether the decision of a call depends on the part, which allows it. */
  isNeeded(part: StatementPart): boolean {
    return dependents(part, this.#known()).length > 0
  }

  /** Requires that all flows have run once, so that the flows that need the part are known. */
  async verdict(part: StatementPart): Promise<Verdict> {
    if (isUsedAtInit(part)) return this.#withoutFromTheStart(part)
    const proof = await prove(this.system, part, this.#known())
    return proof.kind === 'denied'
      ? { proven: true, evidence: `“${proof.flow}”: ${describeDenial(proof.denial)}` }
      : { proven: false, evidence: `no call was denied in: ${proof.flows.join(', ') || 'no flow needs it'}` }
  }

  /** The decisions up to the first removal of a part. */
  #known(): readonly WatchedDecision[] {
    return (this.#decisions ??= [...this.system.decisions])
  }

  async #withoutFromTheStart(part: StatementPart): Promise<Verdict> {
    this.#fromTheStart ??= deniedFromTheStart(this.#assembly)
    const denial = (await this.#fromTheStart).get(describePart(part))
    return denial
      ? { proven: true, evidence: `initialization of a new environment: ${describeDenial(denial)}` }
      : { proven: false, evidence: 'no call was denied in any flow' }
  }
}

const describeDenial = ({ principal, functionName, action, resource }: Denial): string =>
  `${functionName ?? describePrincipal(principal)} was denied ${action} on ${resource}`
