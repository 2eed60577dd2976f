import { explain } from '../../api/failure.ts'
import { plural } from '../../format.ts'
import { Button } from '../../ui/button.tsx'
import { focusHeading } from '../../ui/navigation.ts'
import { Notice } from '../../ui/states.tsx'
import { countOf } from './cart.ts'
import { useFailedMerge } from './use-cart.ts'

/** Says that items from before sign-in are missing in the cart. Renders nothing if none are. */
export function FailedMerge() {
  const failed = useFailedMerge()
  if (!failed) return null
  const { lines, error, retry } = failed
  return (
    <Notice look="warning" title={`${plural(countOf(lines), 'item')} from before you signed in could not be added`}>
      <p>{`${explain(error).title}. Your browser keeps what is missing until it is in your cart.`}</p>
      <Button
        onClick={() => {
          retry()
          focusHeading()
        }}
      >
        Try again
      </Button>
    </Notice>
  )
}
