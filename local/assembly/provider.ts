import { createHash } from 'node:crypto'

/** A resource of a template with its intrinsic functions resolved. */
export interface ResourceDeclaration {
  readonly stackName: string
  readonly logicalId: string
  readonly type: string
  // Any JSON; each provider reads its own properties.
  readonly properties: Record<string, any>
  /**
   * A name for a resource that has none in the template. It consists of stack and logical id and is the same at every
   * start, so that persisted state matches its resource.
   */
  readonly generatedName: string
}

export interface CreatedResource {
  /** The value of `Ref`. */
  readonly ref: string
  /** The values of `Fn::GetAtt` by attribute name, such as `Arn` or `Endpoint.Address`. */
  readonly attributes?: Readonly<Record<string, unknown>>
  /**
   * The resource's domains on AWS with their local URLs, without a trailing slash:
   * `{ 'pages.s3.us-east-1.amazonaws.com': 'http://127.0.0.1:4566/pages' }`. Properties and outputs after it get the local URL.
   */
  readonly hosts?: Readonly<Record<string, string>>
  /**
   * What no other resource of the type may have besides the ARN: a name, together with what it is unique in. AWS rejects the
   * creation of the second one.
   */
  readonly uniqueName?: string
  /** What is not emulated besides unsupported properties, one sentence each; printed at start. */
  readonly limitations?: readonly string[]
}

/** Creates the resources of one CloudFormation type. */
export interface ResourceProvider {
  readonly type: string
  /** The emulated properties. Others that a template sets and that are not in `ignored` are reported at start. */
  readonly supported: readonly string[]
  /** Properties without effect locally, with the reason, besides tags and descriptions: `{ Architectures: 'functions run on this machine' }`. */
  readonly ignored?: Readonly<Record<string, string>>
  /** @throws Error with a message for the user when the resource cannot be created */
  create(resource: ResourceDeclaration): CreatedResource | Promise<CreatedResource>
}

export const region = 'us-east-1'
export const accountId = '000000000000'
export const partition = 'aws'

/** `arn('sqs', 'orders')` → `arn:aws:sqs:us-east-1:000000000000:orders` */
export const arn = (service: string, resource: string) =>
  `arn:${partition}:${service}:${region}:${accountId}:${resource}`

/** Letters and digits like those of AWS's ids, derived from the stable name, so that stored state matches after a restart. */
export const idOf = ({ generatedName }: ResourceDeclaration, length: number) =>
  BigInt(`0x${createHash('sha256').update(generatedName).digest('hex')}`)
    .toString(36)
    .slice(0, length)
