import { html } from './html.ts'
import { greeting, layout, paragraph } from './layout.ts'
import type { MailContent } from './mail-content.ts'

export function welcomeMail(name: string | undefined): MailContent {
  const title = 'Welcome to Cartwheel'
  const ready = 'Your account is ready. We picked everything on our shelves because we use it ourselves.'
  const promise = 'We write when something happens to an order of yours, and otherwise leave you in peace.'
  return {
    subject: title,
    html: layout({
      title,
      preview: ready,
      content: html`${paragraph(greeting(name))}${paragraph(ready)}${paragraph(promise)}`,
    }),
    text: [greeting(name), ready, promise].join('\n\n'),
  }
}
