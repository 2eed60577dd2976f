import { Button } from './button.tsx'
import { FormFailure } from './states.tsx'
import { useAction } from './use-action.ts'

/** Opens a PDF, at an address that expires soon after it was asked for. */
export function DocumentButton({
  name,
  load,
}: {
  readonly name: string
  readonly load: () => Promise<{ readonly url: string }>
}) {
  const show = useAction({
    mutationFn: async () => {
      // Opened by the click itself: a browser blocks a tab that opens later.
      const tab = open('', '_blank')
      try {
        const { url } = await load()
        if (!tab) return location.assign(url)
        tab.opener = null
        tab.location.replace(url)
      } catch (error) {
        tab?.close()
        throw error
      }
    },
  })
  return (
    <>
      <Button isPending={show.isPending} onClick={() => show.run()}>
        {name} (PDF)
      </Button>
      <FormFailure error={show.error} />
    </>
  )
}
