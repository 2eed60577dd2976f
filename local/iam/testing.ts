import { AwsError } from '../wire/aws-error.ts'
import type { AccessControl, AccessRequest, PolicyDocument, Principal } from './types.ts'

/** For a service under test: records what it asks and the policies of its resources, and denies what `denies` holds for. */
export class RecordedAccess implements AccessControl {
  readonly requests: AccessRequest[] = []
  /** Whose requests they are. */
  readonly principals: Principal[] = []
  readonly policies: { readonly arn: string; readonly name: string; readonly document: PolicyDocument }[] = []
  readonly #denies: (request: AccessRequest, principal: Principal) => boolean

  /** @param denies @default nothing */
  constructor(denies: (request: AccessRequest, principal: Principal) => boolean = () => false) {
    this.#denies = denies
  }

  require(principal: Principal, requests: readonly AccessRequest[]): void {
    this.requests.push(...requests)
    this.principals.push(...requests.map(() => principal))
    const denied = requests.find((request) => this.#denies(request, principal))
    if (denied) throw new AwsError('AccessDeniedException', `The test denies ${denied.action} on ${denied.resource}.`)
  }

  putResourcePolicy(arn: string, name: string, document: PolicyDocument): void {
    this.policies.push({ arn, name, document })
  }
}
