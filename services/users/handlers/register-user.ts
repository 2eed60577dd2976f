import type { Context, PostConfirmationTriggerEvent } from 'aws-lambda'
import * as z from 'zod'
import { currentTraceparent, logger } from '#shared/lambda/telemetry.ts'
import { singleLine } from '#shared/text.ts'
import { register } from '../domain/profile.ts'
import type { Profiles } from '../ports.ts'

const ConfirmedAttributes = z.object({
  sub: z.string().min(1),
  email: z.string().min(1),
  /** An unusable name is omitted: an error would leave a confirmed user without a profile. */
  name: singleLine(200).optional().catch(undefined),
})

/**
 * The user pool's post-confirmation trigger. It also fires after a password reset, which registers no user. The pool
 * expects its event back; an error fails the confirmation, which can be repeated.
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
    const { sub: userId, email, name } = ConfirmedAttributes.parse(event.request.userAttributes)
    const cause = { correlationId: awsRequestId, causationId: awsRequestId, traceparent: currentTraceparent() }
    const outcome = await profiles.create(register({ userId, email, name }, now(), cause))
    logger.info('Sign-up confirmed', { user_id: userId, outcome })
    return event
  }
