import { useRef, useState } from 'react'
import { fieldProblems } from '../../api/failure.ts'
import type { Profile } from '../../api/types.ts'
import { TextField, useRejectedFieldFocus } from '../../ui/field.tsx'
import { FormFailure } from '../../ui/states.tsx'
import { useDraft } from '../../ui/use-draft.ts'
import { phoneOf } from './phone.ts'
import { SaveRow } from './section.tsx'
import { useProfileChange } from './use-profile.ts'

const draftOf = ({ name = '', phone = '' }: Profile) => ({ name, phone })

export function ContactForm({ profile }: { readonly profile: Profile }) {
  const { draft, isChanged, change, endSaving } = useDraft('contact', draftOf(profile))
  const sent = useRef(draft)
  const save = useProfileChange((saved) => endSaving(sent.current, draftOf(saved)))
  const [phoneProblem, setPhoneProblem] = useState<string>()
  const [attempts, setAttempts] = useState(0)
  const form = useRejectedFieldFocus({ error: save.error, attempts })
  const problems = fieldProblems(save.error, ['/name', '/phone'])
  return (
    <form
      ref={form}
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        const number = draft.phone.trim() ? phoneOf(draft.phone) : null
        setPhoneProblem(
          number === undefined ? 'Begin with + and the country code, such as +353 21 496 0000.' : undefined,
        )
        setAttempts(attempts + 1)
        if (number === undefined) return
        sent.current = draft
        save.run({ name: draft.name.trim() || null, phone: number })
      }}
    >
      <TextField
        label="Email address"
        value={profile.email ?? ''}
        readOnly
        required
        hint="You sign in with it. It cannot be changed here."
      />
      <TextField
        label="Name"
        name="name"
        autoComplete="name"
        maxLength={200}
        value={draft.name}
        onChange={({ target }) => change({ name: target.value })}
        error={problems.at['/name']}
      />
      <TextField
        label="Phone"
        name="phone"
        type="tel"
        autoComplete="tel"
        value={draft.phone}
        onChange={({ target }) => change({ phone: target.value })}
        hint="For text messages about your orders, if you want them."
        error={phoneProblem ?? problems.at['/phone']}
      />
      <FormFailure error={save.error} others={problems.others} />
      <SaveRow action={{ isPending: save.isPending, isSuccess: save.isSuccess && !isChanged }} />
    </form>
  )
}
