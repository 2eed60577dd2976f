import { useState } from 'react'
import type { Product } from '../../api/types.ts'
import { formatDateTime } from '../../format.ts'
import { categoryLabel } from '../../storefront/shop.ts'
import { Button } from '../../ui/button.tsx'
import { FormFailure, Notice } from '../../ui/states.tsx'
import { differencesOf, merged, type Choice, type Difference } from './conflict.ts'
import { draftOf, fieldLabels, type ProductDraft, type ProductField } from './product-draft.ts'

/** Two versions of a product, field by field, to choose from. */
export function ConflictPanel({
  base,
  mine,
  theirs,
  isPending,
  error,
  onSave,
  onBack,
}: {
  readonly base: ProductDraft
  readonly mine: ProductDraft
  /** The stored version. */
  readonly theirs: Product
  readonly isPending: boolean
  readonly error: unknown
  readonly onSave: (chosen: ProductDraft) => void
  readonly onBack: () => void
}) {
  const stored = draftOf(theirs)
  const differences = differencesOf(base, mine, stored)
  const [choices, setChoices] = useState<Partial<Record<ProductField, Choice>>>(() =>
    Object.fromEntries(differences.map(({ field, suggestion }) => [field, suggestion])),
  )
  return (
    <form
      className="card stack"
      onSubmit={(event) => {
        event.preventDefault()
        onSave(merged(mine, stored, choices))
      }}
    >
      <h2>Two versions of this product</h2>
      <Notice look="warning" title="Someone else saved changes while you were typing">
        <p>{`Version ${theirs.version} was saved on ${formatDateTime(theirs.updatedAt)}. Choose what to keep of each field.`}</p>
      </Notice>
      {differences.map((difference) => (
        <DifferentField
          key={difference.field}
          difference={difference}
          choice={choices[difference.field] ?? difference.suggestion}
          onChoose={(choice) => setChoices({ ...choices, [difference.field]: choice })}
        />
      ))}
      {differences.length === 0 && <p>Both versions are now the same.</p>}
      <FormFailure error={error} />
      <div className="cluster">
        <Button type="submit" look="primary" isPending={isPending}>
          Save this choice
        </Button>
        <Button look="quiet" onClick={onBack}>
          Back to my changes
        </Button>
      </div>
    </form>
  )
}

function DifferentField({
  difference: { field, mine, theirs, isConflict },
  choice,
  onChoose,
}: {
  readonly difference: Difference
  readonly choice: Choice
  readonly onChoose: (choice: Choice) => void
}) {
  const versions = [
    { value: 'mine', label: 'Yours', text: mine },
    { value: 'theirs', label: 'Stored', text: theirs },
  ] as const
  return (
    <fieldset className="conflict-field">
      <legend>
        {fieldLabels[field]}
        {isConflict && <span className="conflict-both"> · changed by both</span>}
      </legend>
      <div className="conflict-versions">
        {versions.map(({ value, label, text }) => (
          <label key={value} className="choice">
            <input
              type="radio"
              name={field}
              value={value}
              checked={choice === value}
              onChange={() => onChoose(value)}
            />
            <span className="choice-text">
              <span className="soft small">{label}</span>
              <span className="conflict-text">
                {(field === 'category' ? categoryLabel(text) : text) || '(nothing)'}
              </span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
