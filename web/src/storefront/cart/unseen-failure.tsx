import { explain } from '../../api/failure.ts'
import { plural } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { focusHeading } from '../../ui/navigation.ts'
import { Notice } from '../../ui/states.tsx'
import { countOf } from './cart.ts'
import { NotAllAdded } from './not-all-added.tsx'
import { useCartChanges, useUnseenFailure } from './use-cart.ts'

/** Says on every page that a change of the cart failed, or added a part only, after its page was left. Renders nothing if none did. */
export function UnseenFailure() {
  const failure = useUnseenFailure()
  return failure && <FailedChange {...failure} />
}

/** Its retry ends it: if that fails too, it is shown again. */
function FailedChange({ error, change, end }: NonNullable<ReturnType<typeof useUnseenFailure>>) {
  const { repeat } = useCartChanges()
  const close = () => {
    end()
    focusHeading()
  }
  const closeButton = (
    <Button look="quiet" onClick={close}>
      Close
    </Button>
  )
  if (!error)
    return (
      <div className="container unseen-failure">
        <NotAllAdded>{closeButton}</NotAllAdded>
      </div>
    )
  return (
    <div className="container unseen-failure">
      <Notice
        look="danger"
        title={
          change.kind === 'add'
            ? `${plural(countOf(change.lines), 'item')} could not be added to your cart`
            : 'Your cart could not be changed'
        }
      >
        <p>{explain(error).title}</p>
        <div className="cluster">
          <Button
            onClick={() => {
              repeat(change)
              close()
            }}
          >
            Try again
          </Button>
          {closeButton}
        </div>
      </Notice>
    </div>
  )
}
