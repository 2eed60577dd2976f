import { stageNames } from '#infra/stages.ts'
import { synthesize } from './synthesized.ts'

/** Property names that indicate a secret. */
const secretName = /secret|password|passwd|credential|api_?key|private_?key|access_?key|token/i
/** Exceptions: the lifetimes of tokens. */
const lifetimes = /\/TokenValidityUnits\//

const dynamicReference = /^\{\{resolve:secretsmanager:/

interface Member {
  readonly path: string
  readonly name: string
  readonly value: unknown
}

function membersOf(value: unknown, path: string): Member[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [
    { path: `${path}/${name}`, name, value: inner },
    ...membersOf(inner, `${path}/${name}`),
  ])
}

const stages = await Promise.all(stageNames.map(async (name) => [name, await synthesize(name)] as const))

describe.each(stages)('%s', (_stage, { resources, templates, ofType }) => {
  test('contains no secret, only ARNs of secrets in Secrets Manager', () => {
    const named = resources
      .flatMap(({ label, properties }) => membersOf(properties, label))
      .filter(({ path, name, value }) => secretName.test(name) && !lifetimes.test(path) && typeof value === 'string')
    const written = named.filter(({ name, value }) => !name.endsWith('_ARN') && !dynamicReference.test(String(value)))
    expect(written).toEqual([])
  })

  test('has no parameters that could contain a secret', () => {
    const parameters = [...templates.values()].flatMap((template) => Object.keys(template.Parameters ?? {}))
    expect(new Set(parameters)).toEqual(new Set(['BootstrapVersion']))
  })

  test('has no secret in Systems Manager or in an environment variable', () => {
    expect(resources.filter(({ type }) => type.startsWith('AWS::SSM::'))).toEqual([])
    const values = ofType('AWS::Lambda::Function').flatMap(({ properties }) =>
      Object.values(properties.Environment?.Variables ?? {}).filter((value) => typeof value === 'string'),
    )
    // AWS keys, keys of payment and email providers, and private keys, by prefix.
    for (const value of values)
      expect(value).not.toMatch(/AKIA[0-9A-Z]{16}|^(sk|rk|pk)_(live|test)_|^SG\.|BEGIN .*PRIVATE KEY/)
  })
})
