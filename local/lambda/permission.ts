import type { PolicyDocument } from '../iam/types.ts'

/** The statement that Lambda adds to a function's policy for an AWS::Lambda::Permission. */
export function permissionPolicy(properties: Record<string, any>, functionArn: string): PolicyDocument {
  const { Principal: principal, Action, SourceArn, SourceAccount } = properties
  return {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: principalElement(principal),
      Action,
      Resource: functionArn,
      ...((SourceArn || SourceAccount) && {
        Condition: {
          ...(SourceArn && { ArnLike: { 'AWS:SourceArn': SourceArn } }),
          ...(SourceAccount && { StringEquals: { 'AWS:SourceAccount': SourceAccount } }),
        },
      }),
    },
  }
}

function principalElement(principal: string): unknown {
  if (principal === '*') return '*'
  return principal.endsWith('.amazonaws.com') ? { Service: principal } : { AWS: principal }
}
