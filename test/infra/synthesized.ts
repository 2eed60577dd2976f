import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { templatesOf } from '#scripts/lib/templates.ts'

export const root = join(import.meta.dirname, '../..')

// Templates are any JSON; each test reads the parts that it needs.
type Json = any

export interface Resource {
  readonly stack: string
  readonly logicalId: string
  readonly type: string
  readonly properties: Json
  readonly deletionPolicy: string | undefined
  /** Its path in the stack, for test titles: `orders/place-order`. */
  readonly label: string
}

export interface Synthesis {
  readonly templates: ReadonlyMap<string, Json>
  readonly resources: readonly Resource[]
  ofType(type: string): Resource[]
  /** The resource that a Ref or GetAtt in a stack refers to. */
  referred(from: Resource, reference: Json): Resource | undefined
  /** A value with imports from other stacks replaced by the exported values. */
  followImport(value: Json): Json
}

/**
 * The stacks of a stage, for assertions.
 * @param stage @default the app's default stage
 */
export const synthesize = async (stage?: string): Promise<Synthesis> => synthesisOf(await templatesOf(stage))

export function run(args: readonly string[], env: Record<string, string>): string {
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`${args.join(' ')} failed:\n${stderr}`)
  return stderr
}

function synthesisOf(templates: ReadonlyMap<string, Json>): Synthesis {
  const resources = [...templates].flatMap(([stack, template]) =>
    Object.entries<Json>(template.Resources).map(([logicalId, resource]) => toResource(stack, logicalId, resource)),
  )
  const exported = new Map(
    [...templates.values()]
      .flatMap((template) => Object.values<Json>(template.Outputs ?? {}))
      .filter((output) => output.Export)
      .map((output) => [output.Export.Name, output.Value]),
  )
  return {
    templates,
    resources,
    ofType: (type) => resources.filter((resource) => resource.type === type),
    referred(from, reference) {
      const logicalId = reference?.Ref ?? reference?.['Fn::GetAtt']?.[0]
      return resources.find((resource) => resource.stack === from.stack && resource.logicalId === logicalId)
    },
    followImport: (value) => exported.get(value?.['Fn::ImportValue']) ?? value,
  }
}

const toResource = (stack: string, logicalId: string, resource: Json): Resource => ({
  stack,
  logicalId,
  type: resource.Type,
  properties: resource.Properties,
  deletionPolicy: resource.DeletionPolicy,
  label: String(resource.Metadata?.['aws:cdk:path'] ?? `${stack}/${logicalId}`).replace(/\/Resource$/, ''),
})

/** Pairs of label and resource, for `test.each`. */
export const labelled = (resources: readonly Resource[]): [string, Resource][] =>
  resources.map((resource) => [resource.label, resource])

/** The bucket of the web's files: they are in the repository, so that every stage deletes them with its stack. */
export const isWebBucket = ({ stack, type, logicalId }: Resource): boolean =>
  type === 'AWS::S3::Bucket' && stack.endsWith('-edge') && logicalId.startsWith('web')

/** CDK's function that copies the web's files, with its resources; it belongs to no service. */
export const isDeploymentOfWeb = ({ stack }: Resource): boolean => stack.endsWith('-web')
