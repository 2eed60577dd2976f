import { applicationName } from '#shared/application.ts'
import { composeMail, paragraph, type MailContent } from './layout.ts'

export function welcomeMail(_event: unknown, name: string | undefined): MailContent {
  const preview = 'Your account is ready.'
  return composeMail({
    title: `Welcome to ${applicationName}`,
    preview,
    name,
    blocks: [paragraph(preview), paragraph('You receive an email when the status of one of your orders changes.')],
  })
}
