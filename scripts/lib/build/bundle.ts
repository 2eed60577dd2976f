import { globSync, readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { build as bundle, type BuildOptions, type Metafile, type OutputFile, type Plugin } from 'esbuild'
import { leftOut } from '#infra/left-out.ts'
import { CommandError } from '../errors.ts'
import { bundledSdk } from './bundled-sdk.ts'
import { leanSdk } from './lean-sdk.ts'
import { nativePackages } from './native-packages.ts'

const root = join(import.meta.dirname, '../../..')

/** `place-order` of `orders`: services/orders/functions/place-order.ts → orders/place-order/index.mjs below `outdir` */
export interface Entry {
  readonly in: string
  readonly out: string
}

/** Neither tests nor stacks, which no entry imports. */
export const isBundled = (file: string) => !/\.(test|contract|fixture)\.ts$|\/test-data\/|\/stack\.ts$/.test(file)

export const isInstalled = (file: string) => !leftOut.includes(file.split('/')[1]!)

/** Of all services, installed or not. */
export const sources = () => globSync(['services/**/*.ts', 'shared/**/*.ts'], { cwd: root }).filter(isBundled)

/** Every function of the installed services. @throws CommandError when there is none */
export function findEntries(): Entry[] {
  const files = globSync('services/*/functions/*.ts', { cwd: root }).filter(isBundled).filter(isInstalled).toSorted()
  if (files.length === 0) throw new CommandError('No functions to build: services/*/functions/ is empty.')
  return files.map((file) => {
    const service = basename(dirname(dirname(file)))
    return { in: file, out: join(service, basename(file, '.ts'), 'index') }
  })
}

interface Bundles {
  /** With absolute paths. */
  readonly files: readonly OutputFile[]
  readonly metafile: Metafile
}

/** For functions that run on this machine while a developer works on them. */
const forDevelopment = { sourcemap: 'linked', minifyWhitespace: false, minifySyntax: false } as const

/**
 * Bundles each entry with its imports into one file in memory; writes no files.
 * @param options.development with a source map beside each bundle, and nothing minified. @default false
 * @throws CommandError when a function does not compile (esbuild has printed why) or exports no handler
 */
export async function bundleFunctions(
  entryPoints: Entry[],
  outdir: string,
  { development = false } = {},
): Promise<Bundles> {
  const built = await bundleEntries(entryPoints, outdir, development).catch((error: unknown) => {
    if (!(error instanceof Error && 'errors' in error)) throw error
    const isZod = String(error).includes('"scripts/lib/build/lean-zod.ts"')
    const reason = isZod ? 'Functions have only the part of zod that scripts/lib/build/lean-zod.ts implements.\n' : ''
    throw new CommandError(`${reason}The functions could not be built; see the lines above.`)
  })
  for (const { entryPoint, exports } of Object.values(built.metafile.outputs)) {
    if (entryPoint && !exports.includes('handler')) throw new CommandError(`${entryPoint} exports no handler.`)
  }
  return { files: built.outputFiles, metafile: built.metafile }
}

const bundleEntries = async (entryPoints: Entry[], outdir: string, development: boolean) =>
  bundle({
    ...bundling,
    ...(development ? forDevelopment : { plugins: [await bundledSdk(sources(), bundling), ...bundling.plugins] }),
    outdir,
    entryPoints,
  })

/** The bundles that import packages with native code: the bundle's absolute path and the package's name. */
export function nativeImports({ outputs }: Metafile): [bundle: string, name: string][] {
  return Object.entries(outputs).flatMap(([path, { imports }]) =>
    nativePackages
      .filter((name) => imports.some((each) => each.external && each.path === name))
      .map((name): [string, string] => [join(root, path), name]),
  )
}

/** Zod for each bundle that can need it, where its `require` looks. In development that finds the installed package. */
export async function bundleZod({ outputs }: Metafile): Promise<Pick<OutputFile, 'path' | 'contents'>[]> {
  const { plugins: _, banner: __, outExtension: ___, ...options } = bundling
  const { outputFiles } = await bundle({
    ...options,
    format: 'cjs',
    entryPoints: ['scripts/lib/build/whole-zod.ts'],
  })
  const { contents } = outputFiles[0]!
  return Object.entries(outputs)
    .filter(([, { inputs }]) => 'scripts/lib/build/lean-zod.ts' in inputs)
    .map(([path]) => ({ path: join(root, dirname(path), 'node_modules/zod/index.js'), contents }))
}

/**
 * In Lambda credentials come from the environment. The providers for profiles, single sign-on, containers and instances
 * would only slow down cold starts.
 */
const environmentCredentials: Plugin = {
  name: 'environment-credentials',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      path: 'credentials',
      namespace: 'environment-credentials',
      pluginData: resolveDir,
    }))
    onLoad({ filter: /.*/, namespace: 'environment-credentials' }, ({ pluginData }) => ({
      contents: `export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env'`,
      resolveDir: pluginData,
    }))
  },
}

/**
 * `import` of a built-in module makes Node create a namespace with all of its exports, which costs milliseconds for the
 * larger ones, and so do esbuild's own namespaces for what `process.getBuiltinModule` returns. Here each export is a
 * constant, and only those that are used remain.
 */
const builtInModules: Plugin = {
  name: 'built-in-modules',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?[a-z_/]+$/ }, ({ path, kind }) =>
      isBuiltin(path) && kind === 'import-statement'
        ? { path: path.replace(/^(?!node:)/, 'node:'), namespace: 'built-in', sideEffects: false }
        : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'built-in' }, ({ path }) => {
      const names = Object.keys(process.getBuiltinModule(path)!).filter((name) => name !== 'default')
      const exported = names.map((name) => `export const ${name} = /* @__PURE__ */ member('${name}')`)
      return {
        contents: `const module = () => process.getBuiltinModule('${path}')
          const member = (name) => module()[name]
          export default /* @__PURE__ */ module()
          ${exported.join('\n')}`,
      }
    })
  },
}

/**
 * The SDK's protocol code imports event streams on demand, for operations that no function uses. A bundle is one file, so
 * they and all that they share with the rest would be evaluated at the start.
 */
const withoutEventStreams: Plugin = {
  name: 'without-event-streams',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, namespace: 'without-event-streams' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'without-event-streams' }, ({ path }) => ({
      contents: `throw new Error('${path} is not part of this bundle: scripts/lib/build/bundle.ts')`,
    }))
  },
}

/**
 * esbuild keeps a call at the top of a module even if nothing uses its result, as it may have effects. Making schemas, events
 * and routes has none, so their constants are marked as pure: a function then contains and evaluates only those that it
 * uses, although routes.ts and events.ts declare those of a whole service.
 */
const unusedSchemas: Plugin = {
  name: 'unused-schemas',
  setup({ onLoad }) {
    onLoad({ filter: /\/(services|shared)\/.*\.ts$/ }, ({ path }) => ({
      contents: withPureSchemas(readFileSync(path, 'utf8')),
      loader: 'ts',
    }))
  },
}

/**
 * Top-level constants whose value is made by `z`, a factory of this project or a schema, or is an array or object with such
 * values in it.
 */
const schemaConstant =
  /^((?:export )?const \w+(?:: [^]*?)? = )((?:z|defineRoute|defineEvent|pageOf|[A-Z]\w*)\b\s*[.(][^]*|[[{](?=[^]*(?:\(|\.\.\.))[^]*)$/

/**
 * Wraps the value of each top-level constant that is a schema in a call marked as pure. Relies on the formatter: a statement
 * begins in the first column, and its further lines are indented or begin with a closing bracket.
 */
export const withPureSchemas = (code: string): string =>
  code
    .split(/^(?=[^\s})\]])/m)
    .map((statement) => {
      const [, declaration, value] = schemaConstant.exec(statement) ?? []
      return value === undefined
        ? statement
        : `${declaration}/* @__PURE__ */ (() => (${value.trimEnd()}))()${/\s*$/.exec(value)![0]}`
    })
    .join('')

/**
 * Zod for the functions: lean-zod.ts says why. Zod itself is a file of its own beside the bundle, for the values that the
 * lean schemas do not recognize.
 */
export const leanZod: Plugin = {
  name: 'lean-zod',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^zod$/ }, () => ({ path: join(import.meta.dirname, 'lean-zod.ts'), sideEffects: false }))
    onResolve({ filter: /^zod\/v4\/core$/ }, () => ({ path: 'regexes', namespace: 'lean-zod', sideEffects: false }))
    onLoad({ filter: /.*/, namespace: 'lean-zod' }, () => ({
      contents: `import { date, datetime } from './node_modules/zod/v4/core/regexes.js'
        export const regexes = { date, datetime }`,
      resolveDir: root,
    }))
  },
}

const bundling = {
  absWorkingDir: root,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  external: [...nativePackages],
  loader: { '.ttf': 'binary' },
  // Names are not minified (bundled-sdk.ts has the exception), so that stack traces are readable. Source maps would cost 20 ms
  // of every cold start.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  plugins: [environmentCredentials, builtInModules, withoutEventStreams, unusedSchemas, leanZod, leanSdk],
  // CommonJS packages among the dependencies call require, which an ES module does not have.
  banner: { js: `const require=(id)=>process.getBuiltinModule('node:module').createRequire(import.meta.url)(id);` },
  logOverride: { 'import-is-undefined': 'error' },
  logLevel: 'error',
} satisfies BuildOptions
