import { InvalidParameterException, OptedOutException, PublishCommand, type SNSClient } from '@aws-sdk/client-sns'
import { logger } from '#shared/lambda/telemetry.ts'
import type { TextMessenger } from '../ports.ts'

/** Transactional: "critical messages that support customer transactions" (Amazon SNS Developer Guide, Mobile text messaging). */
const smsType = { 'AWS.SNS.SMS.SMSType': { DataType: 'String', StringValue: 'Transactional' } }

export const snsTexts = (client: Pick<SNSClient, 'send'>): TextMessenger => ({
  async send({ to, text }) {
    try {
      await client.send(new PublishCommand({ PhoneNumber: to, Message: text, MessageAttributes: smsType }))
      return { status: 'sent' }
    } catch (error) {
      if (!(error instanceof InvalidParameterException || error instanceof OptedOutException)) throw error
      logger.warn('SNS permanently refuses a text message', { reason: error.name })
      return { status: 'refused', reason: 'bad-request' }
    }
  },
})
