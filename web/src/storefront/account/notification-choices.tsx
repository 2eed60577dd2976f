import { useState } from 'react'
import type { Profile } from '../../api/types.ts'
import { Checkbox } from '../../ui/field.tsx'
import { FormFailure } from '../../ui/states.tsx'
import { useProfileChanges } from './use-profile.ts'

/** Each choice is saved at once. */
export function NotificationChoices({ profile: { notifications, phone } }: { readonly profile: Profile }) {
  const save = useProfileChanges()
  /** Shown until the response says what is. */
  const [wanted, setWanted] = useState<Partial<Profile['notifications']>>({})
  const shown = save.isPending ? { ...notifications, ...wanted } : notifications
  const choose = (choice: Partial<Profile['notifications']>) => {
    // With those that are still being saved: if one of them fails, this one saves it too.
    const choices = save.isPending ? { ...wanted, ...choice } : choice
    setWanted(choices)
    save.mutate({ notifications: choices })
  }
  return (
    <fieldset className="stack" aria-busy={save.isPending}>
      <legend className="visually-hidden">How we tell you about your orders</legend>
      <Checkbox
        label="Email"
        hint="When your order is received, shipped, delivered or refunded."
        checked={shown.email}
        onChange={({ target }) => choose({ email: target.checked })}
      />
      <Checkbox
        label="Text message"
        hint={phone === undefined ? 'Save a phone number above first.' : `To ${phone}.`}
        checked={shown.sms}
        disabled={phone === undefined && !notifications.sms}
        onChange={({ target }) => choose({ sms: target.checked })}
      />
      <p role="status" className="visually-hidden">
        {save.isSuccess && 'Saved.'}
      </p>
      <FormFailure error={save.error} />
    </fieldset>
  )
}
