import { CloudFormationClient } from '@aws-sdk/client-cloudformation'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { EventBridgeClient } from '@aws-sdk/client-eventbridge'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SESv2Client } from '@aws-sdk/client-sesv2'
import { SNSClient } from '@aws-sdk/client-sns'
import { SQSClient } from '@aws-sdk/client-sqs'

export type AwsClients = ReturnType<typeof awsClients>

/** Credentials and endpoints come from the standard places. */
export function awsClients(region: string) {
  const configuration = { region }
  return {
    cloudFormation: new CloudFormationClient(configuration),
    cloudWatch: new CloudWatchClient(configuration),
    logs: new CloudWatchLogsClient(configuration),
    cognito: new CognitoIdentityProviderClient(configuration),
    dynamoDb: new DynamoDBClient(configuration),
    events: new EventBridgeClient(configuration),
    lambda: new LambdaClient(configuration),
    ses: new SESv2Client(configuration),
    sns: new SNSClient(configuration),
    sqs: new SQSClient(configuration),
  }
}
