import { Duration, Stack, Validations, type StackProps } from 'aws-cdk-lib'
import { AccountRecovery, FeaturePlan, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito'
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb'
import type { Construct } from 'constructs'
import { addOutput } from './constructs/outputs.ts'
import { ServiceFunction } from './constructs/service-function.ts'
import type { Stage } from './stages.ts'

export interface IdentityStackProps extends StackProps {
  readonly stage: Stage
  readonly table: ITableV2
}

/** The group whose members are staff. */
export const staffGroup = 'staff'

/**
 * Who may sign in. The trigger of a confirmed sign-up stands here and not with the other functions of users: the pool
 * needs the function and the API needs the pool, so anywhere else would close a circle of stacks.
 */
export class IdentityStack extends Stack {
  readonly userPool: UserPool
  readonly client: UserPoolClient

  constructor(scope: Construct, id: string, { stage, table, ...props }: IdentityStackProps) {
    super(scope, id, props)
    const registerUser = new ServiceFunction(this, {
      stage,
      service: 'users',
      entry: 'register-user',
      table: { resource: table, access: [{ actions: ['PutItem'], prefixes: ['USER#'] }] },
      // Cognito waits for 5 seconds, and tries again.
      timeout: Duration.seconds(5),
    })
    this.userPool = new UserPool(this, 'users', {
      userPoolName: stage.prefix,
      // Passwords and groups are all that is used; each other plan costs almost three times as much for a customer.
      featurePlan: FeaturePlan.LITE,
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      standardAttributes: { email: { required: true, mutable: true }, fullname: { required: false, mutable: true } },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: false,
        tempPasswordValidity: Duration.days(3),
      },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      lambdaTriggers: { postConfirmation: registerUser },
      deletionProtection: stage.deletionProtection,
      removalPolicy: stage.removalPolicy,
    })
    Validations.of(this.userPool).acknowledge(
      {
        id: 'AwsSolutions-COG1',
        reason: 'Twelve characters of three kinds; a demanded symbol makes passwords harder to keep, not to guess.',
      },
      {
        id: 'AwsSolutions-COG2',
        reason: 'Customers of a shop are not made to use a second factor; staff bring theirs from their own issuer.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason:
          'Threat protection costs more for each customer than all else here; a fork that needs it sets the plan.',
      },
    )
    this.userPool.addGroup('staff', { groupName: staffGroup, description: 'May use /admin' })
    this.client = this.addClient()
    addOutput(this, 'UserPoolId', this.userPool.userPoolId, 'Where customers and staff are kept')
    addOutput(this, 'UserPoolClientId', this.client.userPoolClientId, 'The client that tokens are issued to')
  }

  /** A public client for browsers and programs: no secret, and no hint whether a user exists. */
  private addClient(): UserPoolClient {
    return this.userPool.addClient('client', {
      generateSecret: false,
      preventUserExistenceErrors: true,
      authFlows: { userSrp: true, userPassword: true, adminUserPassword: true },
      disableOAuth: true,
      enableTokenRevocation: true,
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(30),
    })
  }
}
