import { arn } from '../assembly/provider.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { FunctionConfiguration } from './function-configuration.ts'

/**
 * A function as the caller named it: `arn` includes the qualifier, since permissions can be granted on qualified
 * ARNs.
 */
export interface ResolvedFunction {
  readonly configuration: FunctionConfiguration
  readonly arn: string
}

/** The deployed functions by name, with their versions and aliases, which all run the same code. */
export class FunctionRegistry {
  readonly #functions = new Map<string, FunctionConfiguration>()
  readonly #qualifiers = new Map<string, Set<string>>()

  /** @returns the configuration that this one replaces */
  put(configuration: FunctionConfiguration): FunctionConfiguration | undefined {
    const before = this.#functions.get(configuration.name)
    this.#functions.set(configuration.name, configuration)
    return before
  }

  /** Registers `name:qualifier`. @returns its ARN */
  qualify(name: string, qualifier: string): string {
    const { configuration } = this.resolve(name)
    const known = this.#qualifiers.get(configuration.name) ?? new Set<string>()
    this.#qualifiers.set(configuration.name, known.add(qualifier))
    return `${configuration.arn}:${qualifier}`
  }

  list(): FunctionConfiguration[] {
    return [...this.#functions.values()]
  }

  /**
   * @param named a name, `name:qualifier`, a partial or a whole ARN
   * @throws AwsError `ResourceNotFoundException`
   */
  resolve(named: string, qualifier?: string): ResolvedFunction {
    const found = this.find(named, qualifier)
    if (found) return found
    const { name, qualifier: given = qualifier } = parseName(named)
    const message = `Function not found: ${functionArn(name, given)}`
    throw new AwsError('ResourceNotFoundException', message, { statusCode: 404 })
  }

  /** As {@link resolve}, but undefined when there is no such function, version or alias. */
  find(named: string, otherQualifier?: string): ResolvedFunction | undefined {
    const { name, qualifier = otherQualifier } = parseName(named)
    const configuration = this.#functions.get(name)
    const known = qualifier === undefined || qualifier === '$LATEST' || this.#qualifiers.get(name)?.has(qualifier)
    return configuration && known ? { configuration, arn: functionArn(name, qualifier) } : undefined
  }
}

function parseName(named: string): { name: string; qualifier?: string } {
  const [name = '', qualifier] = named
    .slice(named.includes('function:') ? named.indexOf('function:') + 9 : 0)
    .split(':')
  return { name, qualifier }
}

const functionArn = (name: string, qualifier?: string) =>
  arn('lambda', `function:${name}${qualifier === undefined ? '' : `:${qualifier}`}`)
