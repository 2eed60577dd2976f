import { html, type SafeHtml } from './html.ts'

const font = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;"

export const colors = { ink: '#1f2933', muted: '#616e7c', line: '#e4e7eb', accent: '#0f766e', alarm: '#b45309' }

/** A mail's frame: tables and inline styles, since mail clients know little else. The preview shows in the inbox's list. */
export const layout = (mail: { title: string; preview: string; content: SafeHtml }): string =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${mail.title}</title>
      </head>
      <body style="margin:0;padding:0;background:#f5f7fa;">
        <div style="display:none;max-height:0;overflow:hidden;">${mail.preview}</div>
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f5f7fa;">
          <tr>
            <td align="center" style="padding:32px 16px;">
              <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;">
                <tr>
                  <td style="${font}padding:0 8px 16px;font-size:18px;font-weight:700;color:${colors.accent};">
                    Cartwheel
                  </td>
                </tr>
                <tr>
                  <td
                    style="${font}padding:32px;background:#ffffff;border:1px solid ${colors.line};border-radius:8px;font-size:16px;line-height:24px;color:${colors.ink};"
                  >
                    <h1 style="margin:0 0 16px;font-size:24px;line-height:32px;font-weight:700;">${mail.title}</h1>
                    ${mail.content}
                  </td>
                </tr>
                <tr>
                  <td style="${font}padding:16px 8px;font-size:13px;line-height:20px;color:${colors.muted};">
                    You get this mail because you have an account at Cartwheel.
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html>`.source

export const paragraph = (content: string | SafeHtml): SafeHtml => html`<p style="margin:0 0 16px;">${content}</p>`

export const note = (content: string | SafeHtml): SafeHtml =>
  html`<p style="margin:16px 0 0;font-size:14px;line-height:20px;color:${colors.muted};">${content}</p>`

export const greeting = (name: string | undefined): string => (name === undefined ? 'Hello,' : `Hello ${name},`)
