import { Checkbox, Choice } from '../../ui/field.tsx'
import { maxAddresses } from '../account/address-book.ts'
import { addressLines, isSameAddress, type AddressFieldName, type AddressInput } from '../address/address.ts'
import { AddressFields } from '../address/address-fields.tsx'
import { countryName, isServed } from '../address/countries.ts'
import { addressChoice, type Draft } from './draft.ts'

export function DeliveryAddress({
  draft,
  change,
  book,
  problems,
}: {
  readonly draft: Draft
  readonly change: (changes: Partial<Draft>) => void
  readonly book: readonly AddressInput[]
  readonly problems: Partial<Record<AddressFieldName, string | undefined>>
}) {
  const { isNew, address } = addressChoice(draft, book)
  return (
    <fieldset className="stack">
      <legend>
        <h2>Delivery address</h2>
      </legend>
      {book.map((saved, index) => {
        const [name, ...lines] = addressLines(saved, countryName(saved.country))
        return isServed(saved.country) ? (
          <Choice
            key={index}
            name="address"
            value={String(index)}
            checked={!isNew && isSameAddress(saved, address)}
            onChange={() => change({ chosen: saved })}
            label={name}
            hint={lines.join(', ')}
          />
        ) : (
          <p key={index} className="soft small">
            We do not deliver to {countryName(saved.country)}: {[name, ...lines].join(', ')}
          </p>
        )
      })}
      {book.length > 0 && (
        <Choice
          name="address"
          value="new"
          checked={isNew}
          onChange={() => change({ chosen: 'new' })}
          label="Another address"
        />
      )}
      {isNew && (
        <>
          <AddressFields
            value={draft.typed}
            onChange={(typed) => change({ typed, chosen: 'new' })}
            problems={problems}
          />
          {book.length < maxAddresses && (
            <Checkbox
              label="Save this address to my account"
              checked={draft.savesAddress}
              onChange={({ target }) => change({ savesAddress: target.checked })}
            />
          )}
        </>
      )}
    </fieldset>
  )
}
