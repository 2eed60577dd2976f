import type { StageSettings } from './stage-settings.ts'

type Settings = Pick<StageSettings, 'mail' | 'expectedPeak'>

/** A batch sends its emails one after the other, at an assumed fifteenth of a second for each call of SES. */
export const mailsPerPollerPerSecond = 15

/**
 * The codes that the user pool sends through SES in the busiest second. No queue delays them: a customer waits for each. In
 * mode `simulator` they come from Cognito's own sender, which does not use the quota of SES.
 */
export const codesPerSecond = ({ mail, expectedPeak }: Settings): number =>
  mail.mode === 'ses' ? (expectedPeak.customersPerHour / 3600) * expectedPeak.busiestSecond : 0

/**
 * The batches of emails that are sent at the same time, so that they and the codes together stay below the stage's rate:
 * (rate − codes) ÷ emails of one poller. Lambda accepts no less than two (Lambda API reference, ScalingConfig: "Valid Range:
 * Minimum value of 2"); what SES then throttles is sent again from the queue.
 */
export const mailPollers = (settings: Settings): number =>
  Math.max(2, Math.floor((settings.mail.ratePerSecond - codesPerSecond(settings)) / mailsPerPollerPerSecond))
