import { CfnOutput, type Stack } from 'aws-cdk-lib'

/** The names that scripts and clients read from the outputs file of a deployment; unique over all stacks. */
export type OutputName =
  | 'ApiUrl'
  | 'UserPoolId'
  | 'UserPoolClientId'
  | 'TableName'
  | 'UploadBucketName'
  | 'MediaBucketName'
  | 'UnpublishedBucketName'
  | 'MediaUrl'
  | 'EventBusName'

/** An output whose key is exactly its name, in whichever stack it stands. */
export function addOutput(stack: Stack, name: OutputName, value: string, description: string): void {
  new CfnOutput(stack, `output-${name}`, { value, description }).overrideLogicalId(name)
}
