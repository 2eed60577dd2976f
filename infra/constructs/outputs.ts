import { CfnOutput, type Stack } from 'aws-cdk-lib'

/** The outputs that scripts and clients read from the outputs file of a deployment; unique across stacks. */
export type OutputName =
  | 'ApiUrl'
  | 'WebUrl'
  | 'DistributionDomain'
  | 'WebBucketName'
  | 'UserPoolId'
  | 'UserPoolClientId'
  | 'TableName'
  | 'UploadBucketName'
  | 'MediaBucketName'
  | 'ReportBucketName'
  | 'DocumentBucketName'
  | 'UnpublishedBucketName'
  | 'MediaUrl'
  | 'EventBusName'

/** An output whose key is exactly its name, whichever stack holds it. */
export function addOutput(stack: Stack, name: OutputName, value: string, description: string): void {
  new CfnOutput(stack, `output-${name}`, { value, description }).overrideLogicalId(name)
}
