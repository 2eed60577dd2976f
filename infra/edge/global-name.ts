import { Aws } from 'aws-cdk-lib'
import type { Stage } from '../stages.ts'

/** CloudFront's names are unique per account across regions, and a stage may be deployed to several. */
export const globalName = (stage: Stage, name: string): string => `${stage.prefix}-${name}-${Aws.REGION}`
