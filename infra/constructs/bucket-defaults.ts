import { RemovalPolicy } from 'aws-cdk-lib'
import { BlockPublicAccess, BucketEncryption, type BucketProps } from 'aws-cdk-lib/aws-s3'
import type { Stage } from '../stages.ts'

/** Private, and over TLS only. CloudFormation deletes only an empty bucket: docs/deploying.md describes how to empty it. */
export const bucketDefaults = (stage: Stage): BucketProps => ({
  encryption: BucketEncryption.S3_MANAGED,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  removalPolicy: RemovalPolicy[stage.removalPolicy],
})
