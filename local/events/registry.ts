import { AwsError } from '../wire/aws-error.ts'
import type { PolicyStatement } from '../iam/types.ts'
import { arn } from '../assembly/provider.ts'
import { busArn, busNameOf } from './event.ts'
import type { Matcher } from './pattern.ts'

/** A target as in `PutTargets` and templates. */
export interface Target {
  readonly Id: string
  readonly Arn: string
  readonly RoleArn?: string
  readonly Input?: string
  readonly InputPath?: string
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>
    readonly InputTemplate: string
  }
  readonly DeadLetterConfig?: { readonly Arn?: string }
  readonly RetryPolicy?: { readonly MaximumRetryAttempts?: number; readonly MaximumEventAgeInSeconds?: number }
}

export interface Rule {
  readonly name: string
  readonly arn: string
  readonly busName: string
  readonly description?: string
  readonly enabled: boolean
  /** The pattern's text and its compiled form; a rule has a pattern, a schedule or both. */
  readonly pattern?: { readonly text: string; readonly matches: Matcher }
  readonly scheduleExpression?: string
  readonly targets: readonly Target[]
}

export interface Archive {
  readonly name: string
  readonly arn: string
  readonly busName: string
  readonly description?: string
  /** 0 stores events indefinitely. */
  readonly retentionDays: number
  readonly pattern?: { readonly text: string; readonly matches: Matcher }
  readonly createdMs: number
}

interface Bus {
  readonly name: string
  readonly description?: string
  readonly createdMs: number
  readonly policy: Map<string, PolicyStatement>
  readonly rules: Map<string, Rule>
}

/**
 * Buses, rules and archives. They are created from templates at every start and are not persisted:
 * a rule that was removed from its template must not match any more.
 */
export class Registry {
  readonly #buses = new Map<string, Bus>()
  readonly #archives = new Map<string, Archive>()

  constructor(createdMs: number) {
    this.putBus('default', undefined, createdMs)
  }

  putBus(name: string, description: string | undefined, createdMs: number): Bus {
    const known = this.#buses.get(name)
    const bus: Bus = {
      name,
      description,
      createdMs,
      policy: known?.policy ?? new Map(),
      rules: known?.rules ?? new Map(),
    }
    this.#buses.set(name, bus)
    return bus
  }

  putRule(rule: Rule): void {
    this.bus(rule.busName).rules.set(rule.name, rule)
  }

  putArchive(archive: Archive): void {
    this.#archives.set(archive.name, archive)
  }

  /** @param bus name or ARN @throws AwsError ResourceNotFoundException */
  bus(bus: string): Bus {
    const found = this.findBus(bus)
    if (!found) throw new AwsError('ResourceNotFoundException', `Event bus ${busNameOf(bus)} does not exist.`)
    return found
  }

  findBus(bus: string): Bus | undefined {
    const name = busNameOf(bus)
    return bus.startsWith('arn:') && bus !== busArn(name) ? undefined : this.#buses.get(name)
  }

  buses(): Bus[] {
    return [...this.#buses.values()]
  }

  /** @throws AwsError ResourceNotFoundException */
  rule(bus: string, name: string): Rule {
    const rule = this.bus(bus).rules.get(name)
    if (!rule)
      throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${busNameOf(bus)}.`)
    return rule
  }

  rules(): Rule[] {
    return this.buses().flatMap((bus) => [...bus.rules.values()])
  }

  archives(): Archive[] {
    return [...this.#archives.values()]
  }

  /** @throws AwsError ResourceNotFoundException */
  archiveByArn(archiveArn: string): Archive {
    const archive = this.archives().find((candidate) => candidate.arn === archiveArn)
    if (!archive) throw new AwsError('ResourceNotFoundException', `Archive ${archiveArn} does not exist.`)
    return archive
  }
}

export const ruleArn = (busName: string, name: string) =>
  arn('events', busName === 'default' ? `rule/${name}` : `rule/${busName}/${name}`)

export const archiveArn = (name: string) => arn('events', `archive/${name}`)
