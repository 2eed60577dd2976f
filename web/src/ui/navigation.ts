import { useEffect, useRef, type RefObject } from 'react'
import { useLocation } from 'wouter'

/** The browser dispatches `popstate` for back, forward and fragments; the router dispatches the others. */
const changesOfAddress = ['popstate', 'pushState', 'replaceState']

/** Scrolls to the top after a link was followed. Back and forward keep the position, which the browser restores. */
export function useScrollToTop(): void {
  const [path] = useLocation()
  const wentBack = useRef(false)
  useEffect(() => {
    // The last change of the address decides, also one that stays on the page: of the query, or of the fragment.
    const note = ({ type }: Event) => (wentBack.current = type === 'popstate')
    // Captured, since the page may be rendered before another listener is called.
    for (const type of changesOfAddress) addEventListener(type, note, true)
    return () => changesOfAddress.forEach((type) => removeEventListener(type, note, true))
  }, [])
  useEffect(() => {
    if (!wentBack.current) scrollTo(0, 0)
  }, [path])
}

/** For an action that removes the control that was used: the focus would be lost. */
export const focusHeading = (): void => document.querySelector('h1')?.focus({ preventScroll: true })

/**
 * For a section whose controls are replaced when something changes: where the focused one was removed, another element has
 * the focus.
 * @param change what replaces the controls, besides the removal of the section
 * @param target gets the focus. @default the page's heading
 * @returns the handlers of the section
 */
export function useKeptFocus(change?: string | boolean, target?: RefObject<HTMLElement | null>) {
  const isInside = useRef(false)
  // After the change, and after the section was removed.
  useEffect(
    () => () => {
      // A removed control reports no blur.
      if (!isInside.current || document.activeElement !== document.body) return
      if (target?.current) target.current.focus({ preventScroll: true })
      else focusHeading()
    },
    [change, target],
  )
  return {
    onFocus: () => {
      isInside.current = true
    },
    onBlur: () => {
      isInside.current = false
    },
  }
}
