import { readFileSync } from 'node:fs'
import { join, posix, sep } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'

const namespace = 'bundled-sdk'

/**
 * Packages that recognize errors by the class itself or its `shapeId`. By the name of a class they only decide where some
 * warnings are logged.
 */
const isPartOfSdk = /^@(aws-sdk|aws-lambda-powertools)\//

/**
 * Bundles what the sources import of the AWS SDK and Powertools once, with the parts that several clients share in chunks of
 * their own. Every function contains hundreds of their modules: linking a few chunks instead halves the build. Their names
 * become short, which takes a twentieth off a cold start; the code of this project keeps its names in stack traces.
 * @param files of the functions, relative to `options.absWorkingDir`
 * @param options with the plugins for modules of the SDK
 * @returns a plugin that resolves the imports of functions to those chunks
 */
export async function bundledSdk(files: readonly string[], options: BuildOptions): Promise<Plugin> {
  const exported = importedNames(files.map((file) => readFileSync(join(options.absWorkingDir!, file), 'utf8')))
  const chunks = await bundlePackages(exported, options)
  return {
    name: namespace,
    setup({ onResolve, onLoad }) {
      // A function whose imports of a package are all unused does not contain it.
      onResolve({ filter: isPartOfSdk }, ({ path, kind }) =>
        chunks.has(`${path}.mjs`) && kind === 'import-statement'
          ? { path: `${path}.mjs`, namespace, sideEffects: false }
          : { errors: [{ text: otherForm(path) }] },
      )
      onResolve({ filter: /^\.{1,2}\//, namespace }, ({ path, importer }) => ({
        path: posix.join(importer, '..', path),
        namespace,
      }))
      onLoad({ filter: /.*/, namespace }, ({ path }) => ({ contents: chunks.get(path)! }))
    },
  }
}

/** Of a dynamic import esbuild would not report the names that are missing in the bundle of the package. */
const otherForm = (path: string) =>
  `Write import { … } from '${path}' in services/ or shared/: only such imports are bundled (scripts/lib/build/bundled-sdk.ts).`

/**
 * What the sources import of each package, without types. Relies on the formatter. An import in another form, such as of a
 * whole package, fails the build.
 */
export function importedNames(sources: readonly string[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byPackage = new Map<string, Set<string>>()
  const imports = sources.flatMap((code) => [...code.matchAll(/^import \{([^}]*)\} from '([^']+)'/gm)])
  for (const [, names, path] of imports.filter((each) => isPartOfSdk.test(each[2]!))) {
    const imported = byPackage.get(path!) ?? new Set()
    byPackage.set(path!, imported)
    for (const [, name] of names!.matchAll(/(?:^|,)\s*(?!type )(\w+)/g)) imported.add(name!)
  }
  return byPackage
}

/** @returns the code of each package and chunk by its path below the output folder: `@aws-sdk/client-s3.mjs` */
async function bundlePackages(exported: ReturnType<typeof importedNames>, options: BuildOptions) {
  const outdir = join(options.absWorkingDir!, namespace)
  const entries: Plugin = {
    name: 'entries',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: isPartOfSdk }, ({ path, kind }) => (kind === 'entry-point' ? { path, namespace } : undefined))
      onLoad({ filter: /.*/, namespace }, ({ path }) => ({
        contents: `export { ${[...exported.get(path)!].join(', ')} } from '${path}'`,
        resolveDir: options.absWorkingDir!,
      }))
    },
  }
  const { outputFiles } = await build({
    ...options,
    entryPoints: [...exported.keys()].map((path) => ({ in: path, out: path })),
    outdir,
    write: false,
    splitting: true,
    minifyIdentifiers: true,
    // It would remove the marks of calls without an effect, by which each function leaves out what it does not use.
    minifyWhitespace: false,
    banner: {},
    plugins: [entries, ...(options.plugins ?? [])],
  })
  return new Map(outputFiles.map(({ path, text }) => [path.slice(outdir.length + 1).replaceAll(sep, '/'), text]))
}
