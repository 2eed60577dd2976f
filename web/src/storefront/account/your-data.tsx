import { useState } from 'react'
import { bodyOf } from '../../api/client.ts'
import { useApi, useApp } from '../../app-context.tsx'
import { plural } from '../../format.ts'
import { explainSignIn } from '../../session/failure.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { FormFailure, Notice } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { exportAll, saveAsFile } from './data-export.ts'

/** Downloads all that the shop keeps about the customer. */
export function DataExport() {
  const api = useApi()
  const [orders, setOrders] = useState(0)
  const download = useAction({
    mutationFn: async () => {
      setOrders(0)
      const everything = await exportAll(
        (cursor) => bodyOf(api.GET('/me/export', { params: { query: cursor ? { cursor } : {} } })),
        setOrders,
      )
      saveAsFile(everything, `my-data-${new Date().toISOString().slice(0, 10)}.json`)
    },
  })
  return (
    <>
      <p>Your profile, pictures, cart and orders with their history, as one JSON file.</p>
      <div className="cluster">
        <Button isPending={download.isPending} onClick={() => download.run()}>
          Download my data
        </Button>
        <p role="status" className="soft small">
          {download.isPending && orders > 0 && `${plural(orders, 'order')} so far …`}
          {download.isSuccess && 'The file is in your downloads.'}
        </p>
      </div>
      <FormFailure error={download.error} />
    </>
  )
}

export function SignOutEverywhere() {
  const { session } = useApp()
  const signOut = useAction({ mutationFn: () => session.signOutEverywhere() })
  return (
    <>
      <p>Ends your session here and on every other device, for example after you lost one.</p>
      <div>
        <Button isPending={signOut.isPending} onClick={() => signOut.run()}>
          Sign out everywhere
        </Button>
      </div>
      {signOut.isError && <Notice look="danger">{explainSignIn(signOut.error)} You are still signed in.</Notice>}
    </>
  )
}

export function AccountDeletion({ email, onDeleted }: { readonly email: string; readonly onDeleted: () => void }) {
  const api = useApi()
  const [isOpen, setOpen] = useState(false)
  const remove = useAction({ mutationFn: () => bodyOf(api.DELETE('/me')), onSuccess: onDeleted })
  return (
    <>
      <p>
        Removes your account and what we keep about you. This cannot be undone: download your data first if you want to
        keep it.
      </p>
      <div>
        <Button look="danger" onClick={() => setOpen(true)}>
          Delete my account
        </Button>
      </div>
      {isOpen && (
        <ConfirmDialog
          title="Delete your account permanently?"
          confirm="Delete my account"
          isPending={remove.isPending}
          onConfirm={() => remove.run()}
          onClose={() => setOpen(false)}
        >
          <p>
            The account of <strong>{email}</strong>:
          </p>
          <ul className="deletion-list">
            <li>Your profile, addresses, pictures and cart are deleted.</li>
            <li>Your orders lose your name and address, and you can no longer see, cancel or return them.</li>
            <li>Orders that are under way are still delivered, and keep their address until then.</li>
            <li>You are signed out everywhere, and can only come back with a new account.</li>
          </ul>
          <FormFailure error={remove.error} />
        </ConfirmDialog>
      )}
    </>
  )
}
