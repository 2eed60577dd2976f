import type { Context, PostConfirmationTriggerEvent } from 'aws-lambda'
import { currentTraceparent, logger } from '#shared/lambda/telemetry.ts'
import { accountOf, register } from '../domain/profile.ts'
import type { Profiles } from '../ports.ts'

/**
 * The user pool's post-confirmation trigger. It also fires after a password reset, which registers no user. An error fails
 * the call that confirms, but "Amazon Cognito invokes this trigger after a user is confirmed" and does not repeat it
 * (Cognito developer guide, post confirmation Lambda trigger): an alarm reports it, and the profile is created when the
 * customer first needs it.
 * @returns the event, which the pool expects
 */
export const registerUserHandler =
  (profiles: Profiles, now: () => Date) =>
  async (
    event: PostConfirmationTriggerEvent,
    { awsRequestId }: Pick<Context, 'awsRequestId'>,
  ): Promise<PostConfirmationTriggerEvent> => {
    logger.setCorrelationId(awsRequestId)
    if (event.triggerSource !== 'PostConfirmation_ConfirmSignUp') {
      logger.info('Not a sign-up: no user registered', { trigger_source: event.triggerSource })
      return event
    }
    const account = accountOf(event.request.userAttributes)
    const cause = { correlationId: awsRequestId, causationId: awsRequestId, traceparent: currentTraceparent() }
    const outcome = await profiles.create(register(account, now(), cause))
    logger.info('Sign-up confirmed', { user_id: account.userId, outcome })
    return event
  }
