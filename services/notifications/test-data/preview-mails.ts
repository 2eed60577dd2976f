import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { samples } from '../events.fixture.ts'
import { noticeOf } from '../notices.ts'
import { html, SafeHtml } from '#shared/html.ts'
import { newCommand, runCommand } from '#scripts/lib/command.ts'

const folder = join(import.meta.dirname, '../../../.local/mail-preview')

const command = newCommand(
  'npm run preview:mails --',
  'Renders every email with sample data into .local/mail-preview and opens the page in the browser.',
)
  .option('--no-open', 'only write the files and print the path')
  .action(async ({ open }) => {
    mkdirSync(folder, { recursive: true })
    const mails = samples().map(({ type, data }) => ({ type, ...noticeOf(type).mail(data, 'Mira') }))
    const page = html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <title>Emails</title>
        </head>
        <body style="font-family:sans-serif;max-width:720px;margin:32px auto;padding:0 16px;overflow-wrap:anywhere;">
          ${mails.map(
            ({ type, subject, html: content, text }) =>
              html`<h2>${subject} <small style="color:#616e7c;">${type}</small></h2>
                <iframe
                  srcdoc="${content}"
                  title="${subject}"
                  style="width:100%;height:640px;box-sizing:border-box;border:1px solid #ccc;"
                ></iframe>
                <details>
                  <summary>Plain text</summary>
                  <pre style="white-space:pre-wrap;">${text}</pre>
                </details>`,
          )}
        </body>
      </html>`
    const file = join(folder, 'index.html')
    writeFileSync(file, sourceOf(page))
    console.log(`${mails.length} emails are in ${file}`)
    if (open) await openInBrowser(file)
  })

const sourceOf = (page: SafeHtml) => page.source.trim()

/** A machine without a browser, such as a server, still has the file. */
async function openInBrowser(file: string): Promise<void> {
  const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open'
  const { failed } = await execa(opener, [file], { reject: false, stdio: 'ignore' })
  if (failed && process.platform !== 'win32') console.log('No browser could be opened.')
}

await runCommand(command)
