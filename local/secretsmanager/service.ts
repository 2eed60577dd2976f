import { createHash, randomInt } from 'node:crypto'
import { arn, type ResourceProvider } from '../assembly/provider.ts'
import type { Clock } from '../clock.ts'
import type { State } from '../state/state.ts'
import { AwsError } from '../wire/aws-error.ts'
import type { JsonService } from '../wire/service.ts'

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

const current = 'AWSCURRENT'

/** Secrets Manager: secrets of templates with a generated value, which is stored in the state file. */
export class SecretsManagerService {
  readonly wire: JsonService
  readonly providers: readonly ResourceProvider[]
  readonly #state: State
  readonly #clock: Clock
  /** The names of the secrets by their ARN. */
  readonly #names = new Map<string, string>()

  constructor({ state, clock }: { state: State; clock: Clock }) {
    this.#state = state
    this.#clock = clock
    state.define(schema)
    this.wire = {
      targetPrefix: 'secretsmanager',
      version: '1.1',
      members: { SecretId: 'string', VersionId: 'string', VersionStage: 'string' },
      operations: {
        GetSecretValue: {
          access: ({ SecretId: id }) => [
            {
              action: 'secretsmanager:GetSecretValue',
              resource: this.#find(id)?.arn ?? arn('secretsmanager', `secret:${id}`),
            },
          ],
          handle: (input) => this.#getSecretValue(input),
        },
      },
    }
    this.providers = [
      {
        type: 'AWS::SecretsManager::Secret',
        supported: ['GenerateSecretString', 'Name'],
        ignored: {
          Description: 'has no effect on behavior',
          KmsKeyId: 'the state file is not encrypted',
          Tags: 'tags have no effect locally',
        },
        create: ({ properties, generatedName, logicalId }) => {
          const name = String(properties['Name'] ?? generatedName)
          const secretArn = arnOf(name)
          this.#names.set(secretArn, name)
          if (properties['GenerateSecretString'] !== undefined) {
            this.#generate(name, properties['GenerateSecretString'], logicalId)
          }
          return { ref: secretArn, attributes: { Id: secretArn } }
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
    this.#state.run(
      'INSERT OR REPLACE INTO secretsmanager_secret (name, value, specification, version_id, created_ms) VALUES (?, ?, ?, ?, ?)',
      name,
      generated(properties, logicalId),
      specification,
      crypto.randomUUID(),
      this.#clock.now(),
    )
  }

  #getSecretValue({ SecretId: id, VersionId, VersionStage = current }: Record<string, string | undefined>) {
    if (id === undefined || id === '') throw new AwsError('ValidationException', 'SecretId is missing.')
    const secret = this.#find(id)
    if (!secret) throw notFound("Secrets Manager can't find the specified secret.")
    const row = this.#row(secret.name)
    if (!row || VersionStage !== current || (VersionId !== undefined && VersionId !== row.version_id)) {
      throw notFound(`Secrets Manager can't find the specified secret value for ${VersionId ?? VersionStage}`)
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      SecretString: row.value,
      VersionId: row.version_id,
      VersionStages: [current],
      CreatedDate: row.created_ms / 1000,
    }
  }

  /** @param id a name, an ARN, or an ARN without the six characters at its end */
  #find(id: unknown): { arn: string; name: string } | undefined {
    for (const [secretArn, name] of this.#names) {
      if (id === name || id === secretArn || id === secretArn.slice(0, -7)) return { arn: secretArn, name }
    }
    return undefined
  }

  #row(name: string): Row | undefined {
    return this.#state.get<Row>('SELECT * FROM secretsmanager_secret WHERE name = ?', name)
  }
}

/** The six characters at the end, which are random on AWS, are the same at every start. */
const arnOf = (name: string) =>
  arn('secretsmanager', `secret:${name}-${createHash('sha256').update(name).digest('hex').slice(0, 6)}`)

const notFound = (message: string) => new AwsError('ResourceNotFoundException', message)

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
  const { PasswordLength = 32, ExcludeCharacters = '', ...flags } = specification
  const unknown = Object.keys(flags).find((name) => !Object.keys(alphabets).includes(name.replace('Exclude', '')))
  if (unknown !== undefined) fail(`sets ${unknown}, which is not emulated`)
  const length = Number(PasswordLength)
  if (!Number.isInteger(length) || length < 1 || length > 4096) fail('needs a PasswordLength from 1 to 4096')
  const types = Object.entries(alphabets)
    // Templates may contain booleans as strings.
    .filter(([name]) => String(flags[`Exclude${name}`]) !== 'true')
    .map(([, characters]) => [...characters].filter((each) => !String(ExcludeCharacters).includes(each)))
    .filter((characters) => characters.length > 0)
  if (types.length === 0 || types.length > length) fail('leaves too few characters for a password')
  const others = Array.from({ length: length - types.length }, () => types.flat())
  return shuffled([...types, ...others].map((characters) => characters[randomInt(characters.length)]!)).join('')
}

function shuffled(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1)
    ;[characters[last], characters[other]] = [characters[other]!, characters[last]!]
  }
  return characters
}
