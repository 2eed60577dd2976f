/** A resource of a template, its properties resolved: no intrinsic function is left in them. */
export interface ResourceDeclaration {
  readonly stackName: string
  readonly logicalId: string
  readonly type: string
  // Properties come from a template as any JSON; each provider reads its own.
  readonly properties: Record<string, any>
  /**
   * A name for the resource when the template gives none: made of stack and logical id, the same at every start,
   * so that persisted state finds its resource again.
   */
  readonly generatedName: string
}

export interface CreatedResource {
  /** What `Ref` answers. */
  readonly ref: string
  /** What `Fn::GetAtt` answers, by attribute name (`Arn`, `ProviderURL`; nested names with their dots). */
  readonly attributes?: Readonly<Record<string, unknown>>
  /**
   * Domains that the resource answers under on AWS, each with where it answers here, without a slash at its end:
   * `{ 'd1.cloudfront.net': 'http://127.0.0.1:4566/cloudfront/E1' }`. Later properties and outputs get the latter.
   */
  readonly hosts?: Readonly<Record<string, string>>
  /** What of this declaration is not emulated beyond its properties' names, a sentence each; printed at start. */
  readonly limitations?: readonly string[]
}

/** Makes the resources of one CloudFormation type. */
export interface ResourceProvider {
  readonly type: string
  /** The properties that are honoured. Whatever a template sets beyond these and `ignored` is reported at start. */
  readonly honoured: readonly string[]
  /** Properties without effect on one machine, each with the reason (`{ Architectures: 'functions run on this machine' }`). */
  readonly ignored?: Readonly<Record<string, string>>
  /** @throws Error with a sentence for the person at the terminal when the declaration cannot be made */
  create(resource: ResourceDeclaration): CreatedResource | Promise<CreatedResource>
}

export const region = 'us-east-1'
export const accountId = '000000000000'
export const partition = 'aws'

/** `arn('sqs', 'orders')` → `arn:aws:sqs:us-east-1:000000000000:orders` */
export const arn = (service: string, resource: string) =>
  `arn:${partition}:${service}:${region}:${accountId}:${resource}`
