import { Duration, Fn, RemovalPolicy, Validations } from 'aws-cdk-lib'
import {
  AccountRecovery,
  FeaturePlan,
  Mfa,
  UserPool,
  UserPoolEmail,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito'
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'
import { applicationName } from '#shared/application.ts'
import { addAlarm } from './constructs/alarm.ts'
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
  /** Where pages call the user pool: the scheme and host of its URL, `https://cognito-idp.<region>.amazonaws.com`. */
  readonly cognitoOrigin: string

  constructor(scope: Construct, stage: Stage, { table }: DataStack) {
    super(scope, 'identity', stage)
    const registerUser = new ServiceFunction(this, {
      service: 'users',
      entry: 'register-user',
      table: {
        resource: table,
        access: [
          { actions: ['PutItem'], prefixes: ['USER#', 'USERMAIL#'] },
          { actions: ['ConditionCheckItem'], prefixes: ['USERDELETED#'] },
        ],
      },
      // Cognito waits for 5 seconds, three times.
      timeout: Duration.seconds(5),
    })
    this.addTriggerAlarm(registerUser)
    this.userPool = new UserPool(this, 'users', {
      userPoolName: stage.prefix,
      // Passwords, groups and TOTP are all that is used (of the second factors only email needs a larger plan: "Turning
      // off features to change feature plans", Cognito developer guide); the other plans cost almost three times as much per customer.
      featurePlan: FeaturePlan.LITE,
      selfSignUpEnabled: true,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      autoVerify: { email: true },
      ...(stage.mail.mode === 'ses' ? { email: this.emailOf(stage) } : {}),
      // No attributes are declared: the address is the sign-in name, so that each user has one, and `name` is a standard
      // attribute of every pool. The CDK would declare them without a type, for which Cognito refuses later updates.
      // A new address is pending until it is verified: one with a typo would otherwise lock the customer out.
      keepOriginal: { email: true },
      passwordPolicy: {
        minLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: false,
        tempPasswordValidity: Duration.days(3),
      },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      // Optional for customers; the staff authorizer denies staff without it.
      ...(stage.staffMfa ? { mfa: Mfa.OPTIONAL, mfaSecondFactor: { otp: true, sms: false } } : {}),
      lambdaTriggers: { postConfirmation: registerUser },
      deletionProtection: stage.deletionProtection,
      removalPolicy: RemovalPolicy[protectedRemovalPolicy(stage)],
    })
    Validations.of(this.userPool).acknowledge(
      {
        id: 'AwsSolutions-COG1',
        reason: 'Twelve characters of three kinds; a required symbol makes passwords harder to remember, not to guess.',
      },
      {
        id: 'AwsSolutions-COG2',
        reason: 'Customers of a shop need no second factor. The staff authorizer requires one where staffMfa is set.',
      },
      {
        id: 'AwsSolutions-COG8',
        reason: 'Threat protection costs more per customer than everything else here; a fork can choose the plan.',
      },
    )
    this.userPool.addGroup('staff', { groupName: staffGroup, description: 'May use /admin' })
    this.client = this.addClient()
    const [scheme, , host] = [0, 1, 2].map((part) => Fn.select(part, Fn.split('/', this.userPool.userPoolProviderUrl)))
    this.cognitoOrigin = `${scheme}//${host}`
    addOutput(this, 'UserPoolId', this.userPool.userPoolId, 'The user pool of customers and staff')
    addOutput(this, 'UserPoolClientId', this.client.userPoolClientId, 'The client that tokens are issued to')
  }

  /**
   * Cognito's own sender is limited to 50 emails a day in an account (Cognito developer guide, quotas): after that, sign-ups
   * fail. The identity must be verified before the pool is created, which preflight checks.
   */
  private emailOf({ mail: { from, identity } }: Stage): UserPoolEmail {
    return UserPoolEmail.withSES({
      fromEmail: from,
      fromName: applicationName,
      sesRegion: this.region,
      ...(identity === from ? {} : { sesVerifiedDomain: identity }),
    })
  }

  /** Cognito calls the trigger once for each sign-up. Lambda does not count a throttled call as an error. */
  private addTriggerAlarm(trigger: ServiceFunction): void {
    const period = Duration.minutes(5)
    const failures = new MathExpression({
      expression: 'FILL(errors, 0) + FILL(throttles, 0)',
      usingMetrics: { errors: trigger.metricErrors({ period }), throttles: trigger.metricThrottles({ period }) },
      period,
      label: 'Failed calls of the sign-up trigger',
    })
    addAlarm(this, 'register-user-alarm', failures, {
      name: 'users-register-user-failed',
      problem: 'The trigger of a sign-up failed: the user is confirmed and has no profile yet.',
      runbook: 'sign-up-trigger',
      threshold: 1,
    })
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
