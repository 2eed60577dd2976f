import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { accountId, partition, region } from './provider.ts'
import { AssemblyError, inDependencyOrder, type Stack, type Template } from './template.ts'

/** Local paths of the files that `cdk deploy` would upload, by {@link assetKey}. */
export type AssetPaths = ReadonlyMap<string, string>

export const assetKey = (bucket: string, key: string) => `${bucket}/${key}`

/** The output of `cdk synth`. */
export interface Assembly {
  readonly directory: string
  /** In the order of deployment. */
  readonly stacks: readonly Stack[]
  readonly assets: AssetPaths
}

interface Artifact {
  readonly type: string
  readonly dependencies?: readonly string[]
  readonly properties?: {
    readonly templateFile?: string
    readonly stackName?: string
    readonly directoryName?: string
    readonly file?: string
  }
}

/** @throws AssemblyError when the folder contains no valid assembly, or its stacks have cyclic dependencies */
export function readAssembly(directory: string): Assembly {
  // Functions run with another working directory, so the paths of their code must be absolute.
  const parts = readParts(resolve(directory))
  const stacks = parts.flatMap((part) => part.stacks)
  if (stacks.length === 0) throw new AssemblyError(`${directory} contains no stack.`)
  return { directory, stacks: inOrder(stacks), assets: new Map(parts.flatMap((part) => part.assets)) }
}

function inOrder(stacks: readonly Stack[]): Stack[] {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]))
  if (byName.size < stacks.length) throw new AssemblyError('The assembly contains two stacks with the same name.')
  const order = inDependencyOrder([...byName.keys()], (name) => byName.get(name)!.dependencies, 'stacks')
  return order.map((name) => byName.get(name)!)
}

interface Part {
  readonly stacks: Stack[]
  readonly assets: [key: string, path: string][]
}

/** The stacks and assets of this folder and of nested assemblies, which are the stages of an app. */
function readParts(directory: string): Part[] {
  const manifest = readJson<{ artifacts?: Record<string, Artifact> }>(join(directory, 'manifest.json'))
  const artifacts = Object.entries(manifest.artifacts ?? {})
  const nested = artifacts
    .filter(([, artifact]) => artifact.type === 'cdk:cloud-assembly')
    .flatMap(([id, artifact]) => readParts(join(directory, artifact.properties?.directoryName ?? id)))
  const assets = artifacts
    .filter(([, artifact]) => artifact.type === 'cdk:asset-manifest')
    .flatMap(([id, artifact]) => readAssets(directory, artifact.properties?.file ?? `${id}.json`))
  return [{ stacks: readStacks(directory, artifacts), assets }, ...nested]
}

function readStacks(directory: string, artifacts: readonly [string, Artifact][]): Stack[] {
  const stacks = artifacts.filter(([, artifact]) => artifact.type === 'aws:cloudformation:stack')
  const nameOf = new Map(stacks.map(([id, artifact]) => [id, artifact.properties?.stackName ?? id]))
  return stacks.map(([id, artifact]) => ({
    name: nameOf.get(id)!,
    dependencies: (artifact.dependencies ?? []).flatMap((dependency) => nameOf.get(dependency) ?? []),
    template: readJson<Template>(join(directory, artifact.properties?.templateFile ?? `${id}.template.json`)),
  }))
}

/** `<stack>.assets.json` */
interface AssetManifest {
  readonly files?: Readonly<Record<string, FileAsset>>
}

interface FileAsset {
  readonly source: { readonly path?: string }
  readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>
}

/** @param file an asset manifest inside `directory`. Assets that a command builds at deployment have no path and are omitted. */
function readAssets(directory: string, file: string): [key: string, path: string][] {
  const { files = {} } = readJson<AssetManifest>(join(directory, file))
  return Object.values(files).flatMap(({ source: { path }, destinations }) =>
    path === undefined
      ? []
      : Object.values(destinations).map(({ bucketName, objectKey }): [string, string] => [
          withoutPlaceholders(assetKey(bucketName, objectKey)),
          join(directory, path),
        ]),
  )
}

const withoutPlaceholders = (text: string) =>
  text
    .replaceAll('${AWS::AccountId}', accountId)
    .replaceAll('${AWS::Region}', region)
    .replaceAll('${AWS::Partition}', partition)

/** @throws AssemblyError when the file is missing or not JSON */
function readJson<T>(file: string): T {
  if (!existsSync(file)) throw new AssemblyError(`${file} is missing: run \`npx cdk synth\` first.`)
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch (error) {
    throw new AssemblyError(`${file} is not JSON: ${(error as Error).message}`, { cause: error })
  }
}
