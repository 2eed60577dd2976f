import { useEffect, useRef } from 'react'
import { useLocation } from 'wouter'

/** Scrolls to the top after a link was followed. Back and forward keep the position, which the browser restores. */
export function useScrollToTop(): void {
  const [path] = useLocation()
  const wentBack = useRef(false)
  useEffect(() => {
    const note = () => (wentBack.current = true)
    addEventListener('popstate', note)
    return () => removeEventListener('popstate', note)
  }, [])
  useEffect(() => {
    if (!wentBack.current) scrollTo(0, 0)
    wentBack.current = false
  }, [path])
}

/** For an action that removes the control that was used: the focus would be lost. */
export const focusHeading = (): void => document.querySelector('h1')?.focus({ preventScroll: true })

/**
 * For a section whose controls are replaced when something changes: where the focused one was removed, the page's heading
 * has the focus.
 * @param change what replaces the controls
 * @returns the handlers of the section
 */
export function useKeptFocus(change: string | boolean) {
  const isInside = useRef(false)
  useEffect(() => {
    // A removed control reports no blur.
    if (isInside.current && document.activeElement === document.body) focusHeading()
  }, [change])
  return {
    onFocus: () => {
      isInside.current = true
    },
    onBlur: () => {
      isInside.current = false
    },
  }
}
