import { once } from 'node:events'
import { mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { watch } from 'chokidar'
import { build, type Metafile } from 'esbuild'
import type { FunctionDevelopment, LocalSystem, Restart } from '@cartwheel/local'
import { parsePort } from '@cartwheel/local/process'
import { stageOf } from '#infra/stages.ts'
import { bundleFunctions, findEntries, type Entry } from './build/bundle.ts'
import { synthesize } from './cdk.ts'
import { CommandError, orUsageError, UsageError } from './errors.ts'
import { servePages } from './pages-server.ts'
import type { Development } from './terminal-system.ts'

const root = join(import.meta.dirname, '../..')
const bundles = join(root, 'dist/.dev')

/** Editors write several files at once, and some write a file in two steps. */
const collectMs = 30

/** The app's folders; a file outside of them changes nothing that runs. */
const watched = ['services', 'shared', 'infra', 'cdk.json']

/**
 * Bundles all functions for development, and replaces those in the running system whose files change.
 * @param options.inspect a function by its name or the end of it
 * @throws UsageError when there is no such function, or several
 */
export async function developFunctions(options: { inspect?: string; inspectPort: string }): Promise<Development> {
  const functions = new DevelopedFunctions()
  const inspected = options.inspect === undefined ? undefined : functionNamed(options.inspect, functions.names())
  const inspectPort = orUsageError(() => parsePort('--inspect-port', options.inspectPort))
  const saved = await SavedFiles.watched()
  console.error('Building the functions for development …')
  await functions.build(findEntries())
  if (inspected !== undefined) {
    console.log(
      `A debugger can attach to ${inspected} at 127.0.0.1:${inspectPort} when the system is ready, and again after each change of the function.`,
    )
  }
  return {
    developed: (functionName) => {
      functions.deployed.add(functionName)
      const isInspected = functionName === inspected
      const development: FunctionDevelopment = { sourceMaps: true, ...(isInspected ? { inspectPort } : {}) }
      return { development, ...functions.codeOf(functionName) }
    },
    async watch(system, restart) {
      applySaved(saved, functions, system, restart)
      await servePages(system)
    },
  }
}

function functionNamed(text: string, names: readonly string[]): string {
  const suffix = text.replace('/', '-')
  const matches = names.filter((name) => name === suffix || name.endsWith(`-${suffix}`))
  if (matches.length === 1) return matches[0]!
  const which = matches.length === 0 ? `No function is named ${text}` : `Several functions are named ${text}`
  throw new UsageError(`${which}. Available: ${(matches.length === 0 ? names : matches).join(', ')}.`)
}

/** The functions' bundles below dist/.dev, and the source files of each. */
class DevelopedFunctions {
  readonly #entries = new Map<string, Entry>()
  readonly #sources = new Map<string, ReadonlySet<string>>()
  /** Those of the running system. The templates omit the entries of a payment provider that the stage does not use. */
  readonly deployed = new Set<string>()

  names(): string[] {
    return findEntries().map(functionNameOf)
  }

  /** A function with files beside its bundle, such as a description that the build generates, keeps its deployed code. */
  codeOf(functionName: string): { codeDirectory?: string } {
    const entry = this.#entries.get(functionName)
    if (!entry) return {}
    const deployed = readdirSync(join(root, 'dist', dirname(entry.out)))
    return deployed.every((file) => file === 'index.mjs' || file === 'node_modules')
      ? { codeDirectory: join(bundles, dirname(entry.out)) }
      : {}
  }

  /** The entries of the functions that contain one of the files. */
  entriesWith(files: readonly string[]): Entry[] {
    return [...this.#entries]
      .filter(([name]) => files.some((file) => this.#sources.get(name)!.has(file)))
      .map(([, entry]) => entry)
  }

  newEntries(): Entry[] {
    return findEntries().filter((entry) => !this.#entries.has(functionNameOf(entry)))
  }

  /** @throws CommandError when one does not compile; then none is replaced */
  async build(entries: readonly Entry[]): Promise<string[]> {
    const { files, metafile } = await bundleFunctions([...entries], bundles, { development: true })
    for (const { path, contents } of files) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(`${path}.unfinished`, contents)
      renameSync(`${path}.unfinished`, path)
    }
    return entries.map((entry) => {
      const name = functionNameOf(entry)
      this.#entries.set(name, entry)
      this.#sources.set(name, sourcesOf(metafile, entry))
      return name
    })
  }
}

/** A module that every function contains replaces dozens. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return 'no function of the running system'
  const most = 5
  const more = names.length - most
  return names.slice(0, most).join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** `orders/place-order/index` → `cartwheel-dev-orders-place-order` */
const functionNameOf = ({ out }: Entry): string => `${stageOf('dev').prefix}-${dirname(out).replace('/', '-')}`

function sourcesOf({ outputs }: Metafile, entry: Entry): ReadonlySet<string> {
  const output = Object.values(outputs).find(({ entryPoint }) => entryPoint === entry.in)
  return new Set(Object.keys(output!.inputs))
}

/** The files that were saved and are not applied yet. */
class SavedFiles {
  #pending = new Set<string>()
  #apply: ((files: readonly string[]) => Promise<void>) | undefined
  #isScheduled = false
  #work = Promise.resolve()

  /** Begins before the functions are built, so that what is saved during the start is not lost. */
  static async watched(): Promise<SavedFiles> {
    const saved = new SavedFiles()
    // Not persistent: a start that fails ends the process.
    const watcher = watch(watched, { cwd: root, ignoreInitial: true, persistent: false })
    watcher.on('all', (_event, path) => {
      saved.keep([path])
      saved.#schedule()
    })
    await once(watcher, 'ready')
    return saved
  }

  /** Applies what was saved, from now on one batch after the other. */
  applyWith(apply: (files: readonly string[]) => Promise<void>): void {
    this.#apply = apply
    if (this.#pending.size > 0) this.#schedule()
  }

  /** For files that are applied together with those that are saved next. */
  keep(files: readonly string[]): void {
    for (const file of files) this.#pending.add(file)
  }

  #schedule(): void {
    const apply = this.#apply
    if (!apply || this.#isScheduled) return
    this.#isScheduled = true
    setTimeout(() => {
      this.#work = this.#work.then(() => {
        const files = [...this.#pending]
        this.#pending.clear()
        this.#isScheduled = false
        return apply(files)
      })
    }, collectMs)
  }
}

function applySaved(saved: SavedFiles, functions: DevelopedFunctions, system: LocalSystem, restart: Restart): void {
  let running = system

  const apply = async (files: readonly string[]) => {
    try {
      const entries = functions.entriesWith(files)
      if (entries.length > 0) await replace(entries)
      if ((await infrastructureFiles()).some((file) => files.includes(file))) await synthesizeAgain()
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      console.error(`${error.message} The previous code keeps running.`)
      // What compiles is replaced together with the file that does not, once that is fixed.
      saved.keep(files)
    }
  }

  const replace = async (entries: readonly Entry[]) => {
    const startedAt = performance.now()
    const names = await functions.build(entries)
    const replaced = names.filter(
      (name) => functions.deployed.has(name) && functions.codeOf(name).codeDirectory !== undefined,
    )
    for (const name of replaced) running.replaceCode(name, functions.codeOf(name).codeDirectory!)
    console.log(`Replaced in ${Math.round(performance.now() - startedAt)} ms: ${listed(replaced)}`)
  }

  const synthesizeAgain = async () => {
    const before = templatesIn(join(root, 'cdk.out'))
    const assembly = await synthesize('dev')
    if (templatesIn(assembly) === before) return console.log('The infrastructure has not changed.')
    await functions.build(functions.newEntries())
    functions.deployed.clear()
    running = await restart(assembly)
    console.log(`The system has restarted with the changed infrastructure: ${running.apiEndpoint}`)
  }

  saved.applyWith(apply)
}

/** The files that the templates are made of: what infra/app.ts imports of this repository. */
async function infrastructureFiles(): Promise<string[]> {
  const analyzed = await build({
    absWorkingDir: root,
    entryPoints: ['infra/app.ts'],
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  }).catch(() => undefined)
  // An app that does not compile is reported by the synthesis.
  return analyzed
    ? ['cdk.json', ...Object.keys(analyzed.metafile.inputs)]
    : readdirSync(join(root, 'infra'), { recursive: true, encoding: 'utf8' }).map((file) => join('infra', file))
}

/** All templates without the hashes of assets and of functions' versions, which change with the code of a function. */
function templatesIn(directory: string): string {
  const templates = readdirSync(directory)
    .filter((file) => file.endsWith('.template.json'))
    .toSorted()
  return templates
    .map((file) => `${relative(directory, file)}\n${readFileSync(join(directory, file), 'utf8')}`)
    .join('\n')
    .replaceAll(/[0-9a-f]{64}|CurrentVersion[0-9A-Fa-f]{40}/g, '')
}
