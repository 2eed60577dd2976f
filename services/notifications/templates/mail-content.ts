/** A mail as its template writes it, the same in HTML and in plain text. */
export interface MailContent {
  readonly subject: string
  readonly html: string
  readonly text: string
}
