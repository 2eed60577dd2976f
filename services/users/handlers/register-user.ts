import type { Context, PostConfirmationTriggerEvent } from 'aws-lambda'
import * as z from 'zod'
import { currentTraceparent } from '#shared/lambda/telemetry.ts'
import { logger } from '#shared/lambda/telemetry.ts'
import type { Profiles } from '../ports.ts'
import { registerUser } from '../use-cases/register-user.ts'

const ConfirmedAttributes = z.object({
  sub: z.string().min(1),
  email: z.string().min(1),
  name: z.string().trim().min(1).optional(),
})

/**
 * The user pool's post-confirmation trigger. It also fires after a forgotten password, which registers nobody. The pool
 * wants its event back; a throw fails the confirmation, which can be repeated.
 */
export const registerUserHandler =
  (profiles: Profiles, now: () => Date) =>
  async (
    event: PostConfirmationTriggerEvent,
    context: Pick<Context, 'awsRequestId'>,
  ): Promise<PostConfirmationTriggerEvent> => {
    const correlationId = context.awsRequestId
    logger.setCorrelationId(correlationId)
    if (event.triggerSource !== 'PostConfirmation_ConfirmSignUp') {
      logger.info('Not a sign-up, so nobody is registered', { trigger_source: event.triggerSource })
      return event
    }
    const { sub, email, name } = ConfirmedAttributes.parse(event.request.userAttributes)
    const outcome = await registerUser(profiles, {
      signUp: { userId: sub, email, name },
      now: now(),
      cause: { correlationId, causationId: context.awsRequestId, traceparent: currentTraceparent() },
    })
    logger.info('Sign-up confirmed', { user_id: sub, outcome })
    return event
  }
