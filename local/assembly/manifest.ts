import { join, resolve } from 'node:path'
import { AssemblyError } from './assembly-error.ts'
import { readAssets, type AssetPaths } from './assets.ts'
import { importedNames, exportedName } from './exports.ts'
import { inDependencyOrder } from './order.ts'
import { readJson } from './read-json.ts'
import type { Stack, Template } from './template.ts'

/** What `cdk synth` left in a folder. */
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

/** @throws AssemblyError when the folder holds no assembly, or one whose stacks depend on each other */
export function readAssembly(directory: string): Assembly {
  // Functions run elsewhere: the paths of their code must not hang on this process's working directory.
  const parts = readParts(resolve(directory))
  const stacks = parts.flatMap((part) => part.stacks)
  if (stacks.length === 0) throw new AssemblyError(`${directory} holds no stack.`)
  return { directory, stacks: inOrder(stacks), assets: new Map(parts.flatMap((part) => part.assets)) }
}

function inOrder(stacks: readonly Stack[]): Stack[] {
  const byName = new Map(stacks.map((stack) => [stack.name, stack]))
  if (byName.size < stacks.length) throw new AssemblyError('The assembly holds two stacks of one name.')
  const exporters = new Map(stacks.flatMap((stack) => exportedNames(stack).map((name) => [name, stack.name] as const)))
  const dependenciesOf = (name: string): string[] => {
    const stack = byName.get(name)!
    const imports = [...importedNames(stack.template)].map((imported) => exporters.get(imported) ?? '')
    return [...stack.dependencies, ...imports]
  }
  return inDependencyOrder([...byName.keys()], dependenciesOf, 'stacks').map((name) => byName.get(name)!)
}

const exportedNames = (stack: Stack) =>
  Object.values(stack.template.Outputs ?? {}).flatMap((output) => exportedName(output) ?? [])

interface Part {
  readonly stacks: Stack[]
  readonly assets: [key: string, path: string][]
}

/** What this folder holds and, for the stages of an app, what the assemblies nested in it hold. */
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
