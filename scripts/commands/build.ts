import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import type { Metafile } from 'esbuild'
import { describeEvents } from '#services/api/asyncapi.ts'
import { describeApi } from '#services/api/openapi.ts'
import type { Route } from '#shared/http/route.ts'
import {
  bundleFunctions,
  bundleZod,
  findEntries,
  isBundled,
  isInstalled,
  nativeImports,
  sources,
} from '../lib/build/bundle.ts'
import { installForLambda, nativePackagesIn } from '../lib/build/native-packages.ts'
import { hashOf } from '../lib/build/inputs.ts'
import { buildWeb } from '../lib/build/web.ts'
import { newCommand, runCommand } from '../lib/command.ts'
import { eventDefinitions } from '../lib/events/recorded-events.ts'

const command = newCommand(
  'npm run build --',
  'Bundles every function into dist/<service>/<entry>/index.mjs, and builds the pages into dist/web.',
)
  .option('--force', 'build even if nothing has changed since the last build')
  .action(build)

// esbuild's process, which is written in Go and ends after the build, collects garbage less often: a tenth less time.
process.env['GOGC'] ??= '400'

const root = join(import.meta.dirname, '../..')
const dist = join(root, 'dist')
/** Inputs and outputs of the last build; a build of the same inputs is skipped. */
const recordFile = join(dist, 'build.json')

/** All input files of the bundles and of the descriptions of routes and events; the lock file represents the packages. */
const inputs = [
  'services/**/*.ts',
  'infra/left-out.ts',
  'shared/**/*.ts',
  'scripts/commands/build.ts',
  'scripts/lib/build/*.ts',
  'package-lock.json',
]

/** The weight of a bundle, which every cold start loads. */
interface BundleSize {
  readonly modules: number
  readonly kilobytes: number
}

interface BuildRecord {
  readonly inputs: string
  readonly outputs: readonly string[]
  /** By function: `orders/place-order`. */
  readonly sizes: Readonly<Record<string, BundleSize>>
}

interface Output {
  /** Absolute. */
  readonly path: string
  readonly contents: Uint8Array
}

/** Whether the last build had the same inputs and its outputs are left. */
function isBuiltFrom(hash: string): boolean {
  if (!existsSync(recordFile)) return false
  const record: BuildRecord = JSON.parse(readFileSync(recordFile, 'utf8'))
  return record.inputs === hash && record.outputs.every((output) => existsSync(join(root, output)))
}

/** Renames a complete file into place, so that a concurrent build or synthesis never reads a partial file. */
function writeAtomically({ path, contents }: Output): void {
  mkdirSync(dirname(path), { recursive: true })
  const unfinished = join(dist, `.unfinished-${process.pid}`)
  writeFileSync(unfinished, contents)
  renameSync(unfinished, path)
}

function removeStale(outputs: readonly string[]): void {
  // The pages have a build of their own.
  for (const file of globSync('*/**/*', { cwd: dist, withFileTypes: true, exclude: ['web'] })) {
    const path = join(file.parentPath, file.name)
    if (file.isFile() && !outputs.includes(path)) rmSync(path, { force: true })
  }
}

/** Of the installed services, by their names. */
async function findRoutes(): Promise<Record<string, Route[]>> {
  const files = globSync('services/*/routes.ts', { cwd: root }).filter(isInstalled).toSorted()
  const routes = files.map(async (file) => [file.split('/')[1]!, (await import(join(root, file))).routes] as const)
  return Object.fromEntries(await Promise.all(routes))
}

const findEvents = async () => (await eventDefinitions()).filter(({ service }) => isInstalled(`services/${service}`))

const install = (name: string) => installForLambda(name, join(root, 'package-lock.json'), join(dist, '.native'))

/**
 * What installed services import, by the package's name: the folder with what it needs in Lambda. A failure matters only to
 * a function that contains the import.
 */
function installNativePackages(): ReadonlyMap<string, Promise<string>> {
  const code = sources()
    .filter(isInstalled)
    .map((file) => readFileSync(join(root, file), 'utf8'))
  return new Map(
    nativePackagesIn(code).map((name) => {
      const installing = install(name)
      installing.catch(() => {})
      return [name, installing]
    }),
  )
}

/** Packages with native code, as files beside the bundles that import them. */
async function findNativePackages(metafile: Metafile, installed: ReturnType<typeof installNativePackages>) {
  const outputs = nativeImports(metafile).map(async ([bundle, name]): Promise<Output[]> => {
    const packages = await (installed.get(name) ?? install(name))
    return globSync('**', { cwd: packages, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({
        path: join(dirname(bundle), 'node_modules', relative(packages, file)),
        contents: readFileSync(file),
      }))
  })
  return (await Promise.all(outputs)).flat()
}

const sizesOf = ({ outputs }: Metafile): Record<string, BundleSize> =>
  Object.fromEntries(
    Object.entries(outputs)
      .filter(([, { entryPoint }]) => entryPoint)
      .map(([path, { bytes, inputs: modules }]) => [
        relative('dist', dirname(path)),
        { modules: Object.keys(modules).length, kilobytes: Math.round(bytes / 1024) },
      ]),
  )

function report(sizes: BuildRecord['sizes'], durationMs: number): void {
  const largest = Math.max(...Object.values(sizes).map(({ kilobytes }) => kilobytes))
  const seconds = (durationMs / 1000).toFixed(1)
  console.error(`${Object.keys(sizes).length} functions built in ${seconds} s, the largest ${largest} KB`)
}

async function build({ force = false }: { force?: boolean }): Promise<void> {
  await Promise.all([buildFunctions(force), buildWeb({ force })])
}

async function buildFunctions(force: boolean): Promise<void> {
  const startedAt = performance.now()
  const hash = hashOf(globSync(inputs, { cwd: root }).filter(isBundled))
  if (!force && isBuiltFrom(hash)) return
  // npm mostly waits, while the bundles are made.
  const nativeInstalled = installNativePackages()
  const { files, metafile } = await bundleFunctions(findEntries(), dist)
  const documents = [
    { path: join(dist, 'api/openapi/openapi.json'), contents: describeApi(await findRoutes()) },
    { path: join(dist, 'api/asyncapi/asyncapi.json'), contents: describeEvents(await findEvents()) },
  ].map(({ path, contents }) => ({ path, contents: Buffer.from(JSON.stringify(contents)) }))
  const outputs: Output[] = [
    ...files,
    ...(await bundleZod(metafile)),
    ...documents,
    ...(await findNativePackages(metafile, nativeInstalled)),
  ]
  for (const output of outputs) writeAtomically(output)
  removeStale(outputs.map(({ path }) => path))
  const record: BuildRecord = {
    inputs: hash,
    outputs: outputs.map(({ path }) => relative(root, path)),
    sizes: sizesOf(metafile),
  }
  writeAtomically({ path: recordFile, contents: Buffer.from(JSON.stringify(record)) })
  report(record.sizes, performance.now() - startedAt)
}

await runCommand(command)
