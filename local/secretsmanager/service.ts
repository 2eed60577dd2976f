import { createHash, randomInt, randomUUID } from 'node:crypto'
import { arn, type ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import { requireParameters, type JsonService } from '../wire/service.ts'

/** `specification`: the GenerateSecretString from which the value was made, as JSON. */
const schema = `
CREATE TABLE IF NOT EXISTS secretsmanager_secret (
  name TEXT PRIMARY KEY, value TEXT NOT NULL, specification TEXT NOT NULL, version_id TEXT NOT NULL, created_ms INTEGER NOT NULL)`

interface Row {
  readonly name: string
  readonly value: string
  readonly specification: string
  readonly version_id: string
  readonly created_ms: number
}

/** Secrets Manager: secrets of templates with a generated value, which is stored in the state file. */
export class SecretsManagerService {
  readonly wire: JsonService
  readonly providers: readonly ResourceProvider[]
  readonly #state: State
  readonly #clock: Clock
  readonly #names = new Set<string>()

  constructor({ state, clock }: { state: State; clock: Clock }) {
    this.#state = state
    this.#clock = clock
    state.define(schema)
    this.wire = {
      targetPrefix: 'secretsmanager',
      version: '1.1',
      members: { SecretId: 'string' },
      operations: {
        GetSecretValue: {
          access: ({ SecretId = '' }) => {
            const name = this.#nameOf(SecretId)
            const resource = name === undefined ? arn('secretsmanager', `secret:${SecretId}`) : arnOf(name)
            return [{ action: 'secretsmanager:GetSecretValue', resource }]
          },
          handle: (input) => this.#getSecretValue(input),
        },
      },
    }
    this.providers = [
      {
        type: 'AWS::SecretsManager::Secret',
        supported: ['GenerateSecretString', 'Name'],
        ignored: {
          KmsKeyId: 'the state file is not encrypted',
        },
        create: ({ properties: { Name, GenerateSecretString: specification }, generatedName, logicalId }) => {
          const name = String(Name ?? generatedName)
          this.#names.add(name)
          if (specification !== undefined) this.#generate(name, specification, logicalId)
          return { ref: arnOf(name), attributes: { Id: arnOf(name) }, uniqueName: name }
        },
      },
    ]
  }

  /**
   * A value is kept until its specification changes: "When you make a change to this property, a new secret version is
   * created" (CloudFormation Template Reference, AWS::SecretsManager::Secret, GenerateSecretString).
   */
  #generate(name: string, properties: Record<string, unknown>, logicalId: string): void {
    const specification = JSON.stringify(properties)
    if (this.#row(name)?.specification === specification) return
    const value = generated(properties, logicalId)
    const replace =
      'INSERT OR REPLACE INTO secretsmanager_secret (name, value, specification, version_id, created_ms) VALUES (?, ?, ?, ?, ?)'
    this.#state.run(replace, name, value, specification, randomUUID(), this.#clock.now())
  }

  #getSecretValue(input: { SecretId?: string }) {
    requireParameters(input, ['SecretId'])
    const row = this.#row(this.#nameOf(input.SecretId) ?? '')
    if (!row) throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret value.")
    return {
      ARN: arnOf(row.name),
      Name: row.name,
      SecretString: row.value,
      VersionId: row.version_id,
      VersionStages: ['AWSCURRENT'],
      CreatedDate: row.created_ms / 1000,
    }
  }

  /** @param id a name, an ARN, or an ARN without the six characters at its end */
  #nameOf(id: unknown): string | undefined {
    return [...this.#names].find((name) => id === name || id === arnOf(name) || id === arnOf(name).slice(0, -7))
  }

  #row(name: string): Row | undefined {
    return this.#state.get<Row>('SELECT * FROM secretsmanager_secret WHERE name = ?', name)
  }
}

/** The six characters at the end, which are random on AWS, are the same at every start. */
const arnOf = (name: string) =>
  arn('secretsmanager', `secret:${name}-${createHash('sha256').update(name).digest('hex').slice(0, 6)}`)

const alphabets = {
  Lowercase: 'abcdefghijklmnopqrstuvwxyz',
  Uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  Numbers: '0123456789',
  Punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
}

/**
 * The value of a secret: by default 32 characters, with at least one of each type (CloudFormation Template Reference,
 * AWS::SecretsManager::Secret GenerateSecretString).
 */
function generated(specification: Record<string, unknown>, logicalId: string): string {
  const fail = (problem: string): never => {
    throw new Error(`${logicalId}: GenerateSecretString ${problem}.`)
  }
  const { PasswordLength = 32, ExcludeCharacters: excluded = '', ...flags } = specification
  const unknown = Object.keys(flags).find((name) => !Object.hasOwn(alphabets, name.replace('Exclude', '')))
  if (unknown !== undefined) fail(`sets ${unknown}, which is not emulated`)
  const length = Number(PasswordLength)
  const types = Object.entries(alphabets)
    // Templates may contain booleans as strings.
    .filter(([name]) => String(flags[`Exclude${name}`]) !== 'true')
    .map(([, characters]) => [...characters].filter((each) => !String(excluded).includes(each)))
    .filter((characters) => characters.length > 0)
  if (types.length === 0 || !(length >= types.length && length <= 4096)) fail('needs another PasswordLength')
  const all = types.flat()
  for (;;) {
    const value = Array.from({ length }, () => all[randomInt(all.length)]!)
    if (types.every((characters) => characters.some((each) => value.includes(each)))) return value.join('')
  }
}
