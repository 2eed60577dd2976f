import { explainSignIn } from '../../session/failure.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { useAction } from '../../ui/use-action.ts'

/** The six digits of an email. */
export const CodeField = ({ error }: { readonly error?: string | undefined }) => (
  <div className="code-input">
    <TextField
      label="Code from the email"
      name="code"
      inputMode="numeric"
      autoComplete="one-time-code"
      pattern="\s*(\d\s*){6}"
      title="Six digits"
      required
      error={error}
    />
  </div>
)

/** @returns the digits alone: people copy codes with blanks */
export const codeOf = (form: FormData): string => String(form.get('code')).replaceAll(/\s/g, '')

/** Below a form for a code: another email, or another address. */
export function CodeActions({
  send,
  onStartAgain,
}: {
  readonly send: () => Promise<void>
  readonly onStartAgain: () => void
}) {
  const resend = useAction({ mutationFn: send })
  return (
    <div className="sign-in-links">
      <Button look="quiet" isPending={resend.isPending} onClick={() => resend.run()}>
        Send a new code
      </Button>
      <Button look="quiet" onClick={onStartAgain}>
        Use another address
      </Button>
      <p role="status" className="small soft">
        {resend.isSuccess && 'A new code is on its way. Use the newest email.'}
        {resend.isError && explainSignIn(resend.error)}
      </p>
    </div>
  )
}
