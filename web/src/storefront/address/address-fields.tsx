import { SelectField, TextField } from '../../ui/field.tsx'
import type { AddressFieldName, AddressInput } from './address.ts'
import { countryOptions, needsPostalCode, needsRegion } from './countries.ts'

/**
 * The fields of an address.
 * @param props.problems why fields are rejected
 * @param props.section of the browser's autofill, such as `shipping`
 */
export function AddressFields({
  value,
  onChange,
  problems,
  section = 'shipping',
}: {
  readonly value: AddressInput
  readonly onChange: (value: AddressInput) => void
  readonly problems: Partial<Record<AddressFieldName, string | undefined>>
  readonly section?: string
}) {
  const field = (name: AddressFieldName, token: string, maxLength: number) => ({
    name,
    value: value[name],
    maxLength,
    error: problems[name],
    autoComplete: `${section} ${token}`,
    onChange: ({ target }: { target: { value: string } }) => onChange({ ...value, [name]: target.value }),
  })
  return (
    <div className="stack">
      <TextField label="Full name" required {...field('name', 'name', 100)} />
      <TextField label="Street and number" required {...field('line1', 'address-line1', 120)} />
      <TextField label="Apartment, floor, company" {...field('line2', 'address-line2', 120)} />
      <div className="form-grid">
        <TextField
          label="Postal code"
          required={needsPostalCode(value.country)}
          {...field('postalCode', 'postal-code', 20)}
        />
        <TextField label="Town or city" required {...field('city', 'address-level2', 100)} />
      </div>
      <div className="form-grid">
        <TextField
          label="State or province"
          required={needsRegion(value.country)}
          {...field('region', 'address-level1', 100)}
        />
        <SelectField
          label="Country"
          name="country"
          value={value.country}
          error={problems.country}
          autoComplete={`${section} country`}
          onChange={({ target }) => onChange({ ...value, country: target.value })}
          options={countryOptions}
        />
      </div>
      <TextField
        label="Phone"
        type="tel"
        hint="For questions about the delivery only."
        {...field('phone', 'tel', 30)}
      />
    </div>
  )
}
