import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { seededRandom } from '#test/support/random.ts'
import { isBundled, leanZod } from './bundle.ts'

const root = join(import.meta.dirname, '../../..')
/** Below the root, so that zod is found from there. */
const folder = join(root, 'node_modules/.cache/lean-zod')

/** Every module that declares schemas which others use, and the fixture with those of the rules that they lack. */
const modules = [
  'scripts/lib/build/lean-zod.fixture.ts',
  ...globSync(['services/*/{routes,events,keys}.ts', 'services/*/domain/*.ts', 'shared/**/*.ts'], { cwd: root })
    .filter(isBundled)
    .toSorted(),
]

type Schemas = ReadonlyMap<string, any>

/** The schemas in exports, and in the routes and events among them. */
function schemasIn(value: any, isSchema: (value: any) => boolean, path: string, found: Map<string, any>): Schemas {
  if (isSchema(value)) found.set(path, value)
  else if (value !== null && typeof value === 'object') {
    for (const [key, member] of Object.entries(value)) schemasIn(member, isSchema, `${path}/${key}`, found)
  }
  return found
}

async function leanSchemas(): Promise<Schemas> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const outfile = join(folder, `${process.pid}.mjs`)
  const { outputFiles } = await build({
    stdin: {
      contents: modules.map((file, index) => `export * as module${index} from './${file}'`).join('\n'),
      resolveDir: root,
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    plugins: [leanZod],
    banner: { js: `const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);` },
    logLevel: 'error',
  })
  writeFileSync(outfile, outputFiles[0]!.contents)
  const exported = await import(outfile)
  const byFile = Object.fromEntries(modules.map((file, index) => [file, { ...exported[`module${index}`] }]))
  return schemasIn(byFile, (value) => typeof value?.recognize === 'function', '', new Map())
}

async function zodSchemas(): Promise<Schemas> {
  const byFile = Object.fromEntries(
    await Promise.all(modules.map(async (file) => [file, { ...(await import(join(root, file))) }] as const)),
  )
  return schemasIn(byFile, (value) => value?._zod !== undefined, '', new Map())
}

const random = seededRandom(46)
const chance = (probability: number) => random.int(1, 1000) <= probability * 1000
const oneOf = random.pick

// oxfmt-ignore
const leaves: readonly unknown[] = [
  '', ' ', 'a', 'Ada Buyer', 'MUG-STONE-350', 'mug-stone-350', 'DE', 'IE', 'XX', 'EUR', 'SUMMER10', 'x'.repeat(41), 'x'.repeat(3000),
  '2026-02-29T00:00:00Z', '2028-02-29T23:59:59.999Z', '2026-01-31T10:00:00+02:00', '2026-01-31', '2026-01-32', '2026-01-31T10:00Z',
  'ord_01M2P7Q8R9S0T1V2W3X4Y5Z6A7', 'tok_ok', 'https://example.com/path', 'http://127.0.0.1:65000', 'http://999.1.1.1', 'ada@example.com',
  '+353 21 496 0000', '12', '007', '1e1', 'true', 'false', 'f3b2c1d0-5a4e-4c6b-9d8e-7f6a5b4c3d2e', '😀', '\u0000', 'two\nlines',
  '2026-01-31T10:00', 'en', 'de', 'GET', 'toString', '__proto__', 0, 1, 2, 19, 99, 100, 1999, -1, 0.19, 1.5, Number.NaN, Infinity, 2 ** 60,
  true, false, null, undefined, [], {}, ['a'], { a: 1 }, new Uint8Array([1, 2]), new Date(0),
  { a: 2 }, { a: 1.5 }, { a: 'a' }, { a: 'b', b: true }, { a: '' }, { a: 1, b: 'b' }, { a: 2, c: 3 }, { a: {} }, { some: [] }, { some: [1, 2, 3] },
  JSON.parse('{ "__proto__": { "a": 1 } }'),
]

/** A value for a schema of zod, usually one that it accepts. */
function valueFor(schema: any): unknown {
  if (chance(0.02)) return oneOf(leaves)
  const { def } = schema._zod
  switch (def.type) {
    case 'object':
      return objectFor(def)
    case 'array':
      return Array.from({ length: random.int(0, 3) }, () => valueFor(def.element))
    case 'record':
      return Object.fromEntries(['a', 'b'].map((key) => [key, valueFor(def.valueType)]))
    case 'optional':
    case 'default':
    case 'prefault':
      return chance(0.3) ? undefined : valueFor(def.innerType)
    case 'nullable':
      return chance(0.3) ? null : valueFor(def.innerType)
    case 'union':
      return valueFor(oneOf(def.options))
    case 'intersection':
      return { ...(valueFor(def.left) as object), ...(valueFor(def.right) as object) }
    case 'pipe':
      return valueFor(def.in._zod.def.type === 'transform' ? def.out : def.in)
    case 'literal':
      return oneOf(def.values)
    case 'enum':
      return oneOf(Object.values(def.entries))
  }
  if (!accepted.has(schema))
    accepted.set(
      schema,
      leaves.filter((leaf) => schema.safeParse(leaf).success),
    )
  return oneOf([...accepted.get(schema)!, oneOf(leaves)])
}

const accepted = new Map<unknown, readonly unknown[]>()

function objectFor(def: any): Record<string, unknown> {
  const entries = Object.entries(def.shape).flatMap(([key, field]) =>
    chance((field as any)._zod.optin === undefined ? 0.02 : 0.4) ? [] : [[key, valueFor(field)]],
  )
  if (chance(0.05)) entries.push(['unknown', 1])
  return Object.fromEntries(entries)
}

/** As the API words its rejections; the other issues have the texts of zod. */
const ownText = ({ code }: { code: string }) => (code === 'too_small' ? 'too small' : undefined)

/** The result of a schema as text, with the order of the members; zod throws for an intersection that it cannot merge. */
function resultOf(schema: any, value: unknown): string {
  try {
    const { success, data, error } = schema.safeParse(value, { error: ownText })
    return JSON.stringify(success ? { data } : { issues: error.issues }, (_, member) =>
      member === undefined
        ? 'undefined'
        : typeof member === 'number' && !Number.isFinite(member)
          ? String(member)
          : member,
    )
  } catch (error) {
    return (error as Error).message
  }
}

/** Zod decides on text with characters of two UTF-16 units, and on a member `__proto__`. */
const isForZod = (value: unknown) => /[\uD800-\uDFFF]|\\ud[89a-f]|"__proto__":/.test(JSON.stringify(value) ?? '')

test('lean schemas accept, change and reject as zod does, and recognize what is valid', async () => {
  const [leans, zods] = await Promise.all([leanSchemas(), zodSchemas()])
  expect([...leans.keys()]).toEqual([...zods.keys()])
  expect(leans.size).toBeGreaterThan(200)
  const results = { valid: 0, invalid: 0 }
  for (const [path, schema] of zods) {
    const leanSchema = leans.get(path)
    for (const value of [...leaves, ...Array.from({ length: 60 }, () => valueFor(schema))]) {
      const expected = resultOf(schema, value)
      const isValid = expected.startsWith('{"data":')
      const cause = `${path} of ${JSON.stringify(value)}`
      expect([cause, resultOf(leanSchema, value)]).toEqual([cause, expected])
      results[isValid ? 'valid' : 'invalid'] += 1
      if (isValid && !isForZod(value) && !path.includes('/decidedByZod/'))
        expect([cause, typeof leanSchema.recognize(value)]).not.toEqual([cause, 'symbol'])
    }
  }
  expect(Math.min(results.valid, results.invalid)).toBeGreaterThan(2000)
  // A member that would become the prototype, with members that no rule has checked.
  const loose = leans.get('/scripts/lib/build/lean-zod.fixture.ts/schemas/loose')
  expect(Object.getPrototypeOf(loose.parse(JSON.parse('{ "__proto__": { "a": "unchecked" } }')))).toBe(Object.prototype)
}, 60_000)

afterAll(() => rmSync(folder, { recursive: true, force: true }))
