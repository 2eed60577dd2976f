import { ArnFormat, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import { StageStack } from './stage-stack.ts'

export interface GeneratedSecretProps {
  /** Of the secret, without the stage's prefix: `payments-webhook`. */
  readonly name: string
  /** What it is for, and who else has to know it. */
  readonly description: string
}

/**
 * A random key that Secrets Manager generates, so that it is in no template. It is deleted with its stack: it protects
 * nothing that outlives the stack, and a retained one would block the next deployment by its name.
 */
export class GeneratedSecret extends Secret {
  constructor(scope: Construct, id: string, { name, description }: GeneratedSecretProps) {
    super(scope, id, {
      secretName: `${StageStack.of(scope).stage.prefix}-${name}`,
      description,
      generateSecretString: { passwordLength: 48, excludePunctuation: true },
      removalPolicy: RemovalPolicy.DESTROY,
    })
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The sender of the signed requests has the same key, so a rotation by AWS alone would reject all of them.',
    })
  }

  allowRead(to: Function): void {
    allowRead(to, this.secretArn)
  }
}

/** A secret as functions read it. */
export interface ReadableSecret {
  /** For `cachedSecret` of shared/lambda/secret.ts. */
  readonly secretArn: string
  allowRead(to: Function): void
}

/**
 * A secret that a person stores in the account before the stage is deployed. Its ARN ends in a hyphen and six random
 * characters, so that functions name it without them: "A partial ARN match can work as long as it uniquely matches only one
 * secret" (Secrets Manager API reference).
 */
export function existingSecret(scope: Construct, name: string): ReadableSecret {
  const arn = { service: 'secretsmanager', resource: 'secret', resourceName: name }
  const secretArn = Stack.of(scope).formatArn({ ...arn, arnFormat: ArnFormat.COLON_RESOURCE_NAME })
  return { secretArn, allowRead: (to) => allowRead(to, `${secretArn}-??????`) }
}

/** Allows to read the value and nothing else; CDK's grantRead would also allow DescribeSecret. */
const allowRead = (to: Function, resource: string) =>
  to.addToRolePolicy(new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [resource] }))
