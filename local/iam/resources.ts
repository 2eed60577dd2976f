import { accountId, partition, type ResourceDeclaration, type ResourceProvider } from '../assembly/provider.ts'
import type { PolicyStore } from './policy-store.ts'
import type { PolicyDocument } from './types.ts'

const informational = 'has no effect on behavior'

const iamArn = (kind: string, path: string | undefined, name: string) =>
  `arn:${partition}:iam::${accountId}:${kind}${path ?? '/'}${name}`

/** AWS::IAM::Role, AWS::IAM::Policy and AWS::IAM::ManagedPolicy. */
export function iamProviders(policies: PolicyStore): ResourceProvider[] {
  return [roleProvider(policies), policyProvider(policies), managedPolicyProvider(policies)]
}

function roleProvider(policies: PolicyStore): ResourceProvider {
  return {
    type: 'AWS::IAM::Role',
    supported: ['RoleName', 'Path', 'AssumeRolePolicyDocument', 'Policies', 'ManagedPolicyArns'],
    ignored: { Description: informational, Tags: informational, MaxSessionDuration: 'local sessions do not expire' },
    create({ properties, generatedName, logicalId }) {
      const name: string = properties.RoleName ?? generatedName
      const arn = iamArn('role', properties.Path, name)
      policies.putRole(name, arn)
      policies.putResourcePolicy(arn, `trust policy of ${logicalId}`, properties.AssumeRolePolicyDocument)
      for (const inline of properties.Policies ?? [])
        policies.putRolePolicy(name, inline.PolicyName, inline.PolicyDocument)
      const unknown = attachAll(policies, name, properties.ManagedPolicyArns ?? [])
      // Only functions and schedules assume roles here, so the limitations of other roles do not matter.
      const limitations = isAssumed(properties.AssumeRolePolicyDocument) ? unknown : []
      return { ref: name, attributes: { Arn: arn, RoleId: `AROA${name}` }, limitations }
    },
  }
}

const isAssumed = ({ Statement }: PolicyDocument): boolean =>
  [Statement].flat().some(({ Principal }) => {
    const { Service = [] } = (Principal ?? {}) as { Service?: string | readonly string[] }
    return [Service].flat().some((name) => ['lambda.amazonaws.com', 'scheduler.amazonaws.com'].includes(name))
  })

/** An AWS managed policy that is not known here grants nothing, which must be reported. */
const attachAll = (policies: PolicyStore, role: string, policyArns: readonly string[]) =>
  policyArns
    .filter((policyArn) => !policies.attach(role, policyArn))
    .map((policyArn) => `The AWS managed policy ${policyArn} is not known and grants nothing.`)

function policyProvider(policies: PolicyStore): ResourceProvider {
  return {
    type: 'AWS::IAM::Policy',
    supported: ['PolicyName', 'PolicyDocument', 'Roles'],
    create({ properties, generatedName }) {
      const document: PolicyDocument = properties.PolicyDocument
      for (const role of properties.Roles ?? []) policies.putRolePolicy(role, properties.PolicyName, document)
      return { ref: generatedName, attributes: { Id: generatedName } }
    },
  }
}

function managedPolicyProvider(policies: PolicyStore): ResourceProvider {
  return {
    type: 'AWS::IAM::ManagedPolicy',
    supported: ['ManagedPolicyName', 'PolicyDocument', 'Roles', 'Path'],
    ignored: { Description: informational },
    create({ properties, generatedName }: ResourceDeclaration) {
      const arn = iamArn('policy', properties.Path, properties.ManagedPolicyName ?? generatedName)
      policies.putManagedPolicy(arn, properties.PolicyDocument)
      for (const role of properties.Roles ?? []) policies.attach(role, arn)
      return { ref: arn, attributes: { PolicyArn: arn } }
    },
  }
}
