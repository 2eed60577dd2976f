import { Duration, Validations } from 'aws-cdk-lib'
import { AccountRecovery, FeaturePlan, UserPool, type UserPoolClient } from 'aws-cdk-lib/aws-cognito'
import type { Construct } from 'constructs'
import { addOutput } from './constructs/outputs.ts'
import { ServiceFunction } from './constructs/service-function.ts'
import { StageStack } from './constructs/stage-stack.ts'
import type { DataStack } from './data-stack.ts'
import { protectedRemovalPolicy, type Stage } from './stages.ts'

/** The group whose members are staff. */
export const staffGroup = 'staff'

/**
 * The user pool. The function of its post-confirmation trigger is here and not in the stack of users: the pool needs the
 * function and the API needs the pool, so another place would make a dependency cycle.
 */
export class IdentityStack extends StageStack {
  readonly userPool: UserPool
  readonly client: UserPoolClient

  constructor(scope: Construct, stage: Stage, { table }: DataStack) {
    super(scope, 'identity', stage)
    const registerUser = new ServiceFunction(this, {
      service: 'users',
      entry: 'register-user',
      table: { resource: table, access: [{ actions: ['PutItem'], prefixes: ['USER#'] }] },
      // Cognito waits for 5 seconds, then retries.
      timeout: Duration.seconds(5),
    })
    this.userPool = new UserPool(this, 'users', {
      userPoolName: stage.prefix,
      // Passwords and groups are all that is used; the other plans cost almost three times as much per customer.
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
      removalPolicy: protectedRemovalPolicy(stage),
    })
    Validations.of(this.userPool).acknowledge(
      {
        id: 'AwsSolutions-COG1',
        reason: 'Twelve characters of three kinds; a required symbol makes passwords harder to remember, not to guess.',
      },
      {
        id: 'AwsSolutions-COG2',
        reason: 'Customers of a shop need no second factor; staff have theirs at their own issuer.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason: 'Threat protection costs more per customer than everything else here; a fork can choose the plan.',
      },
    )
    this.userPool.addGroup('staff', { groupName: staffGroup, description: 'May use /admin' })
    this.client = this.addClient()
    addOutput(this, 'UserPoolId', this.userPool.userPoolId, 'The user pool of customers and staff')
    addOutput(this, 'UserPoolClientId', this.client.userPoolClientId, 'The client that tokens are issued to')
  }

  /** A public client for browsers and programs: it has no secret, and errors do not reveal whether a user exists. */
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
