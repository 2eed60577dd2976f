import { useMutation, type UseMutationOptions, type UseMutationResult } from '@tanstack/react-query'
import { useRef } from 'react'

export interface Action<Data, Input> extends Pick<
  UseMutationResult<Data, Error, Input>,
  'data' | 'error' | 'isError' | 'isPending' | 'isSuccess' | 'reset'
> {
  /** Does nothing while the action runs. */
  readonly run: (input: Input) => void
}

/**
 * A mutation that runs once at a time. The second click of a double click comes before the page was rendered again, so that
 * `isPending` alone does not stop it.
 */
export function useAction<Data, Input = void>({
  goOn,
  ...options
}: UseMutationOptions<Data, Error, Input> & {
  mutationFn: (input: Input) => Promise<Data>
  /** Leads to another page after a success, unless the user has left this one by then. */
  goOn?: (data: Data) => unknown
}): Action<Data, Input> {
  const isRunning = useRef(false)
  const { mutate, data, error, isError, isPending, isSuccess, reset } = useMutation<Data, Error, Input>({
    ...options,
    mutationFn: async (input) => {
      try {
        return await options.mutationFn(input)
      } finally {
        isRunning.current = false
      }
    },
  })
  const run = (input: Input) => {
    if (isRunning.current) return
    isRunning.current = true
    mutate(input, goOn && { onSuccess: goOn })
  }
  return { run, data, error, isError, isPending, isSuccess, reset }
}
