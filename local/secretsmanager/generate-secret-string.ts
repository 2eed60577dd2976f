import { randomInt } from 'node:crypto'

const alphabets = {
  Lowercase: 'abcdefghijklmnopqrstuvwxyz',
  Uppercase: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  Numbers: '0123456789',
  Punctuation: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
} as const

const flags = [...Object.keys(alphabets).map((name) => `Exclude${name}`), 'IncludeSpace', 'RequireEachIncludedType']
const members = new Set<string>([
  ...flags,
  'ExcludeCharacters',
  'GenerateStringKey',
  'PasswordLength',
  'SecretStringTemplate',
])

/**
 * The value of a secret with the property GenerateSecretString: by default 32 characters, with at least one of each type
 * (CloudFormation Template Reference, AWS::SecretsManager::Secret GenerateSecretString).
 * @param fail throws an error that names the resource
 */
export function generateSecretString(specification: Record<string, any>, fail: (problem: string) => never): string {
  const unknown = Object.keys(specification).find((name) => !members.has(name))
  if (unknown !== undefined) fail(`sets ${unknown}, which is not emulated`)
  // Templates may contain booleans and numbers as strings.
  const is = (name: string) => String(specification[name]) === 'true'
  const length = Number(specification['PasswordLength'] ?? 32)
  if (!Number.isInteger(length) || length < 1 || length > 4096) fail('needs a PasswordLength from 1 to 4096')
  const excluded = String(specification['ExcludeCharacters'] ?? '')
  const types = Object.entries<string>(alphabets)
    .filter(([name]) => !is(`Exclude${name}`))
    .map(([, characters]) => characters)
    .concat(is('IncludeSpace') ? [' '] : [])
    .map((characters) => [...characters].filter((each) => !excluded.includes(each)))
    .filter((characters) => characters.length > 0)
  const required = specification['RequireEachIncludedType'] === undefined || is('RequireEachIncludedType') ? types : []
  if (types.length === 0 || required.length > length) fail('leaves too few characters for a password')
  const characters = [...required, ...Array.from({ length: length - required.length }, () => types.flat())].map(pick)
  const password = shuffled(characters).join('')
  const { SecretStringTemplate: template, GenerateStringKey: key } = specification
  if (template === undefined && key === undefined) return password
  return JSON.stringify({ ...parsedObject(template, fail), [String(key)]: password })
}

const pick = (characters: readonly string[]): string => characters[randomInt(characters.length)]!

function shuffled(characters: string[]): string[] {
  for (let last = characters.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1)
    ;[characters[last], characters[other]] = [characters[other]!, characters[last]!]
  }
  return characters
}

function parsedObject(template: unknown, fail: (problem: string) => never): object {
  try {
    const value: unknown = JSON.parse(String(template))
    if (typeof value === 'object' && value !== null) return value
  } catch {
    // Reported below, like other templates that are not an object.
  }
  return fail('needs a SecretStringTemplate that is a JSON object, with a GenerateStringKey')
}
