import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { bodyOf } from '../../api/client.ts'
import { fieldProblems } from '../../api/failure.ts'
import type { Address, Profile } from '../../api/types.ts'
import { useApi } from '../../app-context.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useRejectedFieldFocus } from '../../ui/field.tsx'
import { useKeptFocus } from '../../ui/navigation.ts'
import { FormFailure } from '../../ui/states.tsx'
import { useAction } from '../../ui/use-action.ts'
import { useDraft } from '../../ui/use-draft.ts'
import {
  addressFieldNames,
  addressLines,
  addressOf,
  addressProblems,
  emptyAddress,
  inputOf,
  type AddressInput,
} from '../address/address.ts'
import { AddressFields } from '../address/address-fields.tsx'
import { countryName } from '../address/countries.ts'
import { shop } from '../shop.ts'
import {
  changeBook,
  maxAddresses,
  rowsOf,
  type AddressRow,
  type BookChange,
  type SavedAddress,
} from './address-book.ts'

/** Changes the address book as it is now, which is not always what the page shows. */
function useBookChange(onSuccess: () => void) {
  const api = useApi()
  const client = useQueryClient()
  const position = useRef(-1)
  const change = useAction({
    mutationFn: async (wanted: BookChange) => {
      const { addresses } = await bodyOf(api.GET('/me'))
      const next = changeBook(addresses as Address[], wanted)
      position.current = next.position
      return bodyOf(api.PATCH('/me', { body: { addresses: next.addresses } }))
    },
    onSuccess: (profile) => {
      client.setQueryData(['me'], profile)
      onSuccess()
    },
  })
  /** The pointer to a field of the changed address. */
  const pointerOf = (field: string) => `/addresses/${position.current}/${field}`
  return { change, pointerOf }
}

export function AddressList({ profile: { addresses, name } }: { readonly profile: Profile }) {
  /** The row of the address that is edited: what the list has at a position may change meanwhile. */
  const [open, setOpen] = useState<AddressRow | 'new'>()
  const edited = open === 'new' ? undefined : open
  const rows = rowsOf(addresses, edited)
  const close = () => setOpen(undefined)
  const focus = useKeptFocus([open === 'new', edited?.key, ...rows.map(({ key }) => key)].join(' '))
  return (
    <div className="stack" {...focus}>
      {rows.length === 0 && open !== 'new' && <p className="soft">You have not saved an address yet.</p>}
      {rows.length > 0 && (
        <ul role="list" className="address-list">
          {rows.map((row) => (
            <li key={row.key}>
              {row.key === edited?.key ? (
                <AddressForm before={edited.address} initial={inputOf(edited.address)} onClose={close} />
              ) : (
                <SavedAddressRow address={row.address} onEdit={() => setOpen(row)} />
              )}
            </li>
          ))}
        </ul>
      )}
      {open === 'new' ? (
        <AddressForm initial={{ ...emptyAddress(shop.country), name: name ?? '' }} onClose={close} />
      ) : addresses.length < maxAddresses ? (
        <div>
          <Button onClick={() => setOpen('new')}>Add an address</Button>
        </div>
      ) : (
        <p className="soft small">You have {maxAddresses} addresses, which is as many as we can keep.</p>
      )}
    </div>
  )
}

function SavedAddressRow({ address, onEdit }: { readonly address: SavedAddress; readonly onEdit: () => void }) {
  const [isRemoving, setRemoving] = useState(false)
  const { change } = useBookChange(() => setRemoving(false))
  const [recipient = '', ...lines] = addressLines(address, countryName(address.country))
  return (
    <div className="address-row">
      <address className="address">
        <strong>{recipient}</strong>
        {lines.map((line, index) => (
          <span key={index}>{line}</span>
        ))}
        {address.phone && <span className="soft small">{address.phone}</span>}
      </address>
      <div className="address-actions">
        <Button look="quiet" onClick={onEdit} aria-label={`Edit the address of ${recipient}`}>
          Edit
        </Button>
        <Button look="quiet" onClick={() => setRemoving(true)} aria-label={`Remove the address of ${recipient}`}>
          Remove
        </Button>
      </div>
      {isRemoving && (
        <ConfirmDialog
          title="Remove this address?"
          confirm="Remove"
          isPending={change.isPending}
          onConfirm={() => change.run({ kind: 'remove', before: address as Address })}
          onClose={() => setRemoving(false)}
        >
          <p>{[recipient, ...lines].join(', ')}</p>
          <p className="soft">Orders that are under way keep their address.</p>
          <FormFailure error={change.error} />
        </ConfirmDialog>
      )}
    </div>
  )
}

/** @param props.before the address that is changed; a new one without it */
function AddressForm({
  before,
  initial,
  onClose,
}: {
  readonly before?: SavedAddress
  readonly initial: AddressInput
  readonly onClose: () => void
}) {
  const {
    draft: value,
    change: setValue,
    discard,
  } = useDraft(`address/${before ? JSON.stringify(before) : 'new'}`, initial)
  const sent = useRef(value)
  const close = (saved?: AddressInput) => {
    discard(saved)
    onClose()
  }
  /** How often it was sent: from then on what is missing is marked, and has the focus. */
  const [attempts, setAttempts] = useState(0)
  const { change, pointerOf } = useBookChange(() => close(sent.current))
  const missing = attempts > 0 ? addressProblems(value) : {}
  const form = useRejectedFieldFocus({ error: change.error, attempts })
  // The button that opened the form is gone.
  useEffect(() => form.current?.querySelector('input')?.focus(), [form])
  const rejected = fieldProblems(change.error, addressFieldNames.map(pointerOf))
  const problems = Object.fromEntries(
    addressFieldNames.map((field) => [field, missing[field] ?? rejected.at[pointerOf(field)]]),
  )
  return (
    <form
      ref={form}
      className="stack"
      noValidate
      aria-label={before ? 'Edit the address' : 'New address'}
      onSubmit={(event) => {
        event.preventDefault()
        setAttempts(attempts + 1)
        if (Object.keys(addressProblems(value)).length > 0) return
        sent.current = value
        const address = addressOf(value)
        change.run(before ? { kind: 'replace', before: before as Address, address } : { kind: 'add', address })
      }}
    >
      <AddressFields value={value} onChange={setValue} problems={problems} />
      <FormFailure error={change.error} others={rejected.others} />
      <div className="cluster">
        <Button type="submit" look="primary" isPending={change.isPending}>
          Save address
        </Button>
        <Button look="quiet" onClick={() => close()}>
          Discard
        </Button>
      </div>
    </form>
  )
}
