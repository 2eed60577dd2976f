import { useState } from 'react'
import { fieldProblems } from '../../api/failure.ts'
import type { Profile } from '../../api/types.ts'
import { TextField, useRejectedFieldFocus } from '../../ui/field.tsx'
import { FormFailure } from '../../ui/states.tsx'
import { phoneOf } from './phone.ts'
import { SaveRow } from './section.tsx'
import { useProfileChange } from './use-profile.ts'

export function ContactForm({ profile: { name, phone, email } }: { readonly profile: Profile }) {
  const save = useProfileChange()
  const [phoneProblem, setPhoneProblem] = useState<string>()
  const [attempts, setAttempts] = useState(0)
  /** Since it was sent last, perhaps while it is being saved. */
  const [isChanged, setChanged] = useState(false)
  const form = useRejectedFieldFocus({ error: save.error, attempts })
  const problems = fieldProblems(save.error, ['/name', '/phone'])
  return (
    <form
      ref={form}
      className="stack"
      onChange={() => setChanged(true)}
      onSubmit={(event) => {
        event.preventDefault()
        const typed = new FormData(event.currentTarget)
        const [typedName, typedPhone] = ['name', 'phone'].map((field) => String(typed.get(field)).trim())
        const number = typedPhone ? phoneOf(typedPhone) : null
        setPhoneProblem(
          number === undefined ? 'Begin with + and the country code, such as +353 21 496 0000.' : undefined,
        )
        setAttempts(attempts + 1)
        if (number === undefined) return
        setChanged(false)
        save.run({ name: typedName || null, phone: number })
      }}
    >
      <TextField
        label="Email address"
        value={email ?? ''}
        readOnly
        required
        hint="You sign in with it. It cannot be changed here."
      />
      <TextField
        label="Name"
        name="name"
        autoComplete="name"
        maxLength={200}
        defaultValue={name}
        error={problems.at['/name']}
      />
      <TextField
        label="Phone"
        name="phone"
        type="tel"
        autoComplete="tel"
        defaultValue={phone}
        hint="For text messages about your orders, if you want them."
        error={phoneProblem ?? problems.at['/phone']}
      />
      <FormFailure error={save.error} others={problems.others} />
      <SaveRow action={{ isPending: save.isPending, isSuccess: save.isSuccess && !isChanged }} />
    </form>
  )
}
