import { accountId, partition, type ResourceProvider } from '../assembly/provider.ts'
import type { PolicyStore } from './policy-store.ts'
import type { PolicyDocument } from './types.ts'

const iamArn = (kind: string, path: string | undefined, name: string) =>
  `arn:${partition}:iam::${accountId}:${kind}${path ?? '/'}${name}`

export const iamProviders = (policies: PolicyStore): ResourceProvider[] => [
  {
    type: 'AWS::IAM::Role',
    supported: ['RoleName', 'Path', 'AssumeRolePolicyDocument', 'Policies', 'ManagedPolicyArns'],
    ignored: { MaxSessionDuration: 'local sessions do not expire' },
    create({ properties, generatedName, logicalId }) {
      const name: string = properties.RoleName ?? generatedName
      const arn = iamArn('role', properties.Path, name)
      policies.putRole(name, arn)
      policies.putResourcePolicy(arn, `trust policy of ${logicalId}`, properties.AssumeRolePolicyDocument)
      for (const inline of properties.Policies ?? [])
        policies.putRolePolicy(name, inline.PolicyName, inline.PolicyDocument)
      const managed: string[] = properties.ManagedPolicyArns ?? []
      const unknown = managed.filter((policyArn) => !policies.attach(name, policyArn))
      // An unknown policy grants nothing. Only functions and schedules assume roles here, so others do not matter.
      const limitations = isAssumed(properties.AssumeRolePolicyDocument)
        ? unknown.map((policyArn) => `The AWS managed policy ${policyArn} is not known and grants nothing.`)
        : []
      return { ref: name, attributes: { Arn: arn, RoleId: `AROA${name}` }, limitations }
    },
  },
  {
    type: 'AWS::IAM::Policy',
    supported: ['PolicyName', 'PolicyDocument', 'Roles'],
    create({ properties, generatedName }) {
      for (const role of properties.Roles ?? [])
        policies.putRolePolicy(role, properties.PolicyName, properties.PolicyDocument)
      return { ref: generatedName, attributes: { Id: generatedName } }
    },
  },
  {
    type: 'AWS::IAM::ManagedPolicy',
    supported: ['ManagedPolicyName', 'PolicyDocument', 'Roles', 'Path'],
    create({ properties, generatedName }) {
      const name: string = properties.ManagedPolicyName ?? generatedName
      const arn = iamArn('policy', properties.Path, name)
      policies.putManagedPolicy(arn, properties.PolicyDocument)
      for (const role of properties.Roles ?? []) policies.attach(role, arn)
      // As for roles, neither path nor case distinguishes names (IAM API Reference, CreatePolicy).
      return { ref: arn, attributes: { PolicyArn: arn }, uniqueName: name.toLowerCase() }
    },
  },
]

const isAssumed = ({ Statement }: PolicyDocument): boolean =>
  [Statement].flat().some(({ Principal }) => {
    const { Service = [] } = (Principal ?? {}) as { Service?: string | readonly string[] }
    return [Service].flat().some((name) => ['lambda.amazonaws.com', 'scheduler.amazonaws.com'].includes(name))
  })
