import { join, resolve } from 'node:path'
import { AssemblyError } from './assembly-error.ts'
import { readAssets, type AssetPaths } from './assets.ts'
import { inDependencyOrder } from './order.ts'
import { readJson } from './read-json.ts'
import type { Stack, Template, TemplateOutput } from './template.ts'

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

/** The export name of an output when it is plain text, as CDK always writes it. */
function exportedName(output: TemplateOutput): string | undefined {
  return typeof output.Export?.Name === 'string' ? output.Export.Name : undefined
}

/** Every plain name in an Fn::ImportValue at any depth. */
function* importedNames(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'Fn::ImportValue' && typeof inner === 'string') yield inner
    else yield* importedNames(inner)
  }
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
