import { Stack, Validations } from 'aws-cdk-lib'
import { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import type { Function } from 'aws-cdk-lib/aws-lambda'
import type { IBucket } from 'aws-cdk-lib/aws-s3'

/** Allows a function actions on the objects of a bucket whose keys match one of some patterns: `public/media/*`. */
export function allowObjects(to: Function, actions: readonly string[], bucket: IBucket, keys: readonly string[]): void {
  to.addToRolePolicy(
    new PolicyStatement({ actions: [...actions], resources: keys.map((key) => bucket.arnForObjects(key)) }),
  )
  for (const key of keys) {
    Validations.of(to.role!).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${nameIn(Stack.of(to), bucket)}/${key}]`,
      reason: `Object keys are created at run time; ${key} is as narrow as the bucket's layout allows.`,
    })
  }
}

/**
 * A finding names a bucket of the function's own stack by its logical id, and one of another stack by its export, which
 * this creates if no reference has done so yet.
 */
function nameIn(functionStack: Stack, bucket: IBucket): string {
  const stack = Stack.of(bucket)
  if (stack === functionStack) return `<${stack.resolve(bucket.bucketArn)['Fn::GetAtt'].join('.')}>`
  return stack.resolve(stack.exportValue(bucket.bucketArn))['Fn::ImportValue']
}
