import { applicationName } from '#shared/application.ts'
import { html, type SafeHtml } from '#shared/html.ts'

/** A word that is wider than a phone, such as of a product's name, is broken: it would push the amounts out of sight. */
const textStyle =
  "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;word-break:break-word;overflow-wrap:anywhere;"

export const colors = { ink: '#1f2933', muted: '#616e7c', line: '#e4e7eb', accent: '#0f766e', alarm: '#b45309' }

/** An email as its template writes it, the same in HTML and in plain text. */
export interface MailContent {
  readonly subject: string
  readonly html: string
  readonly text: string
}

/** A part of an email in both forms. */
export interface Block {
  readonly html: SafeHtml
  readonly text: string
}

const accountFooter = `You get this email because you have an account at ${applicationName}.`

/** Composes an email of a greeting and blocks. The preview is shown in the list of the inbox. */
export function composeMail(mail: {
  title: string
  /** @default the title */
  subject?: string
  preview: string
  /** The customer's. */
  name: string | undefined
  /** @default the customer's account is the reason */
  footer?: string
  blocks: readonly Block[]
}): MailContent {
  const { title, preview, name, subject = title, footer = accountFooter } = mail
  const blocks = [paragraph(name === undefined ? 'Hello,' : `Hello ${name},`), ...mail.blocks]
  return {
    subject,
    html: layout(
      title,
      preview,
      blocks.map((block) => block.html),
      footer,
    ),
    text: blocks.map(({ text }) => text).join('\n\n'),
  }
}

export const paragraph = (text: string): Block => ({ html: html`<p style="margin:0 0 16px;">${text}</p>`, text })

export const note = (text: string): Block => ({
  html: html`<p style="margin:16px 0 0;font-size:14px;line-height:20px;color:${colors.muted};">${text}</p>`,
  text,
})

export const titled = (title: string, block: Block): Block => ({
  html: html`<p style="margin:0 0 16px;"><strong>${title}</strong></p>
    ${block.html}`,
  text: `${title}:\n${block.text}`,
})

/** Tables and inline styles, since email clients support little else. */
const layout = (title: string, preview: string, content: readonly SafeHtml[], footer: string): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
      </head>
      <body style="margin:0;padding:0;background:#f5f7fa;">
        <div style="display:none;max-height:0;overflow:hidden;">${preview}</div>
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f5f7fa;">
          <tr>
            <td align="center" style="padding:32px 16px;">
              <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;">
                <tr>
                  <td style="${textStyle}padding:0 8px 16px;font-size:18px;font-weight:700;color:${colors.accent};">
                    ${applicationName}
                  </td>
                </tr>
                <tr>
                  <td
                    style="${textStyle}padding:32px;background:#ffffff;border:1px solid ${colors.line};border-radius:8px;font-size:16px;line-height:24px;color:${colors.ink};"
                  >
                    <h1 style="margin:0 0 16px;font-size:24px;line-height:32px;font-weight:700;">${title}</h1>
                    ${content}
                  </td>
                </tr>
                <tr>
                  <td style="${textStyle}padding:16px 8px;font-size:13px;line-height:20px;color:${colors.muted};">
                    ${footer}
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html>`.source
