import { useState } from 'react'
import { fieldProblem } from '../../api/failure.ts'
import type { Profile } from '../../api/types.ts'
import { TextField } from '../../ui/field.tsx'
import { FormFailure } from '../../ui/states.tsx'
import { phoneOf } from './phone.ts'
import { SaveRow } from './section.tsx'
import { useProfileChange } from './use-profile.ts'

export function ContactForm({ profile: { name, phone, email } }: { readonly profile: Profile }) {
  const save = useProfileChange()
  const [phoneProblem, setPhoneProblem] = useState<string>()
  return (
    <form
      className="stack"
      onChange={() => save.isSuccess && save.reset()}
      onSubmit={(event) => {
        event.preventDefault()
        const form = new FormData(event.currentTarget)
        const [typedName, typedPhone] = ['name', 'phone'].map((field) => String(form.get(field)).trim())
        const number = typedPhone ? phoneOf(typedPhone) : null
        setPhoneProblem(
          number === undefined ? 'Begin with + and the country code, such as +353 21 496 0000.' : undefined,
        )
        if (number !== undefined) save.run({ name: typedName || null, phone: number })
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
        error={fieldProblem(save.error, '/name')}
      />
      <TextField
        label="Phone"
        name="phone"
        type="tel"
        autoComplete="tel"
        defaultValue={phone}
        hint="For text messages about your orders, if you want them."
        error={phoneProblem ?? fieldProblem(save.error, '/phone')}
      />
      <FormFailure error={save.error} />
      <SaveRow action={save} />
    </form>
  )
}
