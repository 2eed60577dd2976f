import { useApp } from '../app-context.tsx'
import { Button } from '../ui/button.tsx'
import { Gate } from './gate.tsx'

/** For a signed-in user who is not a member of the group staff. */
export function NoAccess({ email }: { readonly email: string }) {
  const { session } = useApp()
  return (
    <Gate title="No access to the back office">
      <div className="card stack no-access">
        <p>
          You are signed in as <strong>{email}</strong>. This account is not a member of the shop&rsquo;s staff.
        </p>
        <p className="soft">
          If you work here, ask an administrator to add your account to the group <code>staff</code>, then sign in
          again.
        </p>
        <div className="cluster">
          <Button look="primary" onClick={() => void session.signOut()}>
            Sign in with another account
          </Button>
          <a className="button button-secondary" href="/">
            Go to the shop
          </a>
        </div>
      </div>
    </Gate>
  )
}
