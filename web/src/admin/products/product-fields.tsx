import { shop } from '../../storefront/shop.ts'
import { SelectField, TextArea, TextField } from '../../ui/field.tsx'
import { fieldLabels, type ProductDraft } from './product-draft.ts'

const categoryOptions = shop.categories.map(({ slug, label }) => ({ value: slug, label }))

/** The pointers of the fields, in a request that creates or changes a product. */
export const productPointers = ['/name', '/price', '/category', '/description', '/tags'] as const

/** The fields that a new and a changed product have in common. */
export function ProductFields({
  draft,
  onChange,
  problems,
  priceProblem,
}: {
  readonly draft: ProductDraft
  readonly onChange: (changes: Partial<ProductDraft>) => void
  /** Of the last request. */
  readonly problems: Readonly<Record<(typeof productPointers)[number], string | undefined>>
  readonly priceProblem: string | undefined
}) {
  return (
    <>
      <TextField
        label={fieldLabels.name}
        value={draft.name}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        maxLength={120}
        required
        error={problems['/name']}
      />
      <div className="form-grid">
        <TextField
          label={fieldLabels.price}
          value={draft.price}
          onChange={(event) => onChange({ price: event.currentTarget.value })}
          inputMode="decimal"
          placeholder="18.50"
          autoComplete="off"
          required
          error={priceProblem ?? problems['/price']}
        />
        <SelectField
          label={fieldLabels.category}
          value={draft.category}
          options={categoryOptions}
          onChange={(event) => onChange({ category: event.currentTarget.value as ProductDraft['category'] })}
          error={problems['/category']}
        />
      </div>
      <TextArea
        label={fieldLabels.description}
        value={draft.description}
        onChange={(event) => onChange({ description: event.currentTarget.value })}
        maxLength={2000}
        rows={6}
        required
        error={problems['/description']}
      />
      <TextField
        label={fieldLabels.tags}
        hint="Separated by commas. Customers find the product by them."
        value={draft.tags}
        onChange={(event) => onChange({ tags: event.currentTarget.value })}
        autoComplete="off"
        error={problems['/tags']}
      />
    </>
  )
}
