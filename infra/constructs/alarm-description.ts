/** The pages of docs/runbooks: each tells whoever is woken what to do, for one kind of alarm. */
export type Runbook =
  | 'api-errors'
  | 'error-budget'
  | 'dead-letter-queue'
  | 'queue-late'
  | 'relay-late'
  | 'unpublished-events'
  | 'order-stands'
  | 'release-rolled-back'

/** An alarm's description: what is the matter, and the page that says what to do about it. */
export const described = (matter: string, runbook: Runbook): string => `${matter} See docs/runbooks/${runbook}.md`
