import { changedFields, productFields, type ProductDraft, type ProductField } from './product-draft.ts'

export type Choice = 'mine' | 'theirs'

/** A field that two members of staff have different values for. */
export interface Difference {
  readonly field: ProductField
  readonly mine: string
  readonly theirs: string
  /** Both changed it: one of the changes will be lost. */
  readonly isConflict: boolean
  /** Loses no change, unless both changed the field. */
  readonly suggestion: Choice
}

/**
 * Compares what was typed with the stored version.
 * @param base what was stored when the form was opened
 */
export function differencesOf(base: ProductDraft, mine: ProductDraft, theirs: ProductDraft): Difference[] {
  const ownChanges = changedFields(base, mine)
  const otherChanges = changedFields(base, theirs)
  return productFields
    .filter((field) => mine[field] !== theirs[field])
    .map((field) => ({
      field,
      mine: mine[field],
      theirs: theirs[field],
      isConflict: ownChanges.includes(field) && otherChanges.includes(field),
      suggestion: ownChanges.includes(field) ? 'mine' : 'theirs',
    }))
}

/** The product as staff chose it, field by field. */
export const merged = (
  mine: ProductDraft,
  theirs: ProductDraft,
  choices: Readonly<Partial<Record<ProductField, Choice>>>,
): ProductDraft => {
  const chosen = productFields.filter((field) => choices[field] === 'mine')
  return { ...theirs, ...Object.fromEntries(chosen.map((field) => [field, mine[field]])) }
}
