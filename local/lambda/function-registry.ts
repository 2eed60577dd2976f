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
  /** `name:qualifier` */
  readonly #qualified = new Set<string>()

  get names(): readonly string[] {
    return [...this.#functions.keys()]
  }

  /** @returns the configuration that this one replaces */
  put(configuration: FunctionConfiguration): FunctionConfiguration | undefined {
    const before = this.#functions.get(configuration.name)
    this.#functions.set(configuration.name, configuration)
    return before
  }

  /** Registers a version or an alias. @returns its ARN */
  qualify(named: string, qualifier: string): string {
    const { configuration } = this.resolve(named)
    this.#qualified.add(`${configuration.name}:${qualifier}`)
    return `${configuration.arn}:${qualifier}`
  }

  /**
   * @param named a name, `name:qualifier`, a partial or a whole ARN
   * @throws AwsError `ResourceNotFoundException`
   */
  resolve(named: string, qualifier?: string): ResolvedFunction {
    const found = this.find(named, qualifier)
    if (found) return found
    const message = `Function not found: ${[named, ...(qualifier ? [qualifier] : [])].join(':')}`
    throw new AwsError('ResourceNotFoundException', message, { statusCode: 404 })
  }

  /** As {@link resolve}, but undefined when there is no such function, version or alias. */
  find(named: string, otherQualifier?: string): ResolvedFunction | undefined {
    const [name = '', qualifier = otherQualifier] = named.replace(/^.*function:/, '').split(':')
    const configuration = this.#functions.get(name)
    if (!configuration || qualifier === undefined) return configuration && { configuration, arn: configuration.arn }
    const isKnown = qualifier === '$LATEST' || this.#qualified.has(`${name}:${qualifier}`)
    return isKnown ? { configuration, arn: `${configuration.arn}:${qualifier}` } : undefined
  }
}
