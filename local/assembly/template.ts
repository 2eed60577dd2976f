/** The parts of a CloudFormation template that are read. Values are any JSON and may contain intrinsic functions. */
export interface Template {
  /** Macros; none is supported. */
  readonly Transform?: unknown
  readonly Parameters?: Readonly<Record<string, TemplateParameter>>
  readonly Mappings?: Readonly<Record<string, Record<string, Record<string, unknown>>>>
  readonly Conditions?: Readonly<Record<string, unknown>>
  readonly Resources?: Readonly<Record<string, TemplateResource>>
  readonly Outputs?: Readonly<Record<string, TemplateOutput>>
}

interface TemplateParameter {
  readonly Type: string
  readonly Default?: unknown
}

export interface TemplateResource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
  readonly DependsOn?: string | readonly string[]
  /** The name of the condition under which the resource is created. */
  readonly Condition?: string
}

export interface TemplateOutput {
  readonly Value: unknown
  readonly Condition?: string
  readonly Export?: { readonly Name: unknown }
}

/** One stack of an assembly. */
export interface Stack {
  readonly name: string
  /** The names of stacks that must be deployed before this one. */
  readonly dependencies: readonly string[]
  readonly template: Template
}

/** An invalid or unsupported template; the message is for the user at the terminal. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError'
}
